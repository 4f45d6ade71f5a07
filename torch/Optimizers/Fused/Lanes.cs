using System.Numerics;

namespace Parallax.Torch;

/// <summary>Where a rule reads and writes: memory of one parameter, its gradient and up to three buffers, in the same order.</summary>
/// <remarks>A buffer that the rule does not use is null.</remarks>
internal readonly unsafe struct Lanes<T>(T* parameter, T* gradient, T* first, T* second, T* third)
    where T : unmanaged
{
    public readonly T* Parameter = parameter;
    public readonly T* Gradient = gradient;
    public readonly T* First = first;
    public readonly T* Second = second;
    public readonly T* Third = third;
}

/// <summary>Elementwise arithmetic of an update, written for whole vectors.</summary>
internal interface IUpdateRule
{
    /// <summary>Updates <paramref name="count"/> elements, a multiple of the vector width.</summary>
    void Update<T>(Lanes<T> lanes, nint count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>Two sums over the elements of a parameter; may update buffers on the way.</summary>
internal interface IReduceRule
{
    /// <summary>Sums over <paramref name="count"/> elements, a multiple of the vector width. Padding (see <see cref="Sweep"/>) must add zero.</summary>
    Sums Reduce<T>(Lanes<T> lanes, nint count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>The two sums of a <see cref="IReduceRule"/>.</summary>
internal readonly record struct Sums(double First, double Second)
{
    public static Sums operator +(Sums a, Sums b) => new(a.First + b.First, a.Second + b.Second);
}
