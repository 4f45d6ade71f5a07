using System.Numerics;

namespace Parallax.Engine;

/// <summary>Whether the parameter lane holds only finite values: <see cref="Sums.First"/> is 0, otherwise NaN.</summary>
internal readonly unsafe record struct FiniteRule : IReduceRule
{
    public Sums Reduce<T>(Lanes<T> lanes, nint count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var zeros = Vector<T>.Zero;
        for (nint i = 0; i < count; i += Vector<T>.Count)
        {
            var value = Vector.Load(lanes.Parameter + i);
            zeros += value - value;   // 0 for finite values, NaN for the others
        }

        return new(double.CreateTruncating(Vector.Sum(zeros)), 0);
    }
}
