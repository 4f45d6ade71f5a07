using System.Numerics;

namespace Parallax.Torch;

/// <summary>Squared norm of the parameter lane in <see cref="Sums.First"/>.</summary>
internal readonly unsafe record struct NormRule : IReduceRule
{
    public Sums Reduce<T>(Lanes<T> lanes, nint count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var squares = Vector<T>.Zero;
        for (nint i = 0; i < count; i += Vector<T>.Count)
        {
            var value = Vector.Load(lanes.Parameter + i);
            squares += value * value;
        }

        return new(double.CreateTruncating(Vector.Sum(squares)), 0);
    }
}
