using System.Numerics;

namespace Parallax.Torch;

/// <summary>Exponential moving average: parameter = momentum * parameter + (1 - momentum) * gradient lane (the online value).</summary>
internal readonly unsafe record struct AverageRule(double Momentum) : IUpdateRule
{
    public void Update<T>(Lanes<T> lanes, nint count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (keep, add) = (T.CreateTruncating(Momentum), T.CreateTruncating(1 - Momentum));
        for (nint i = 0; i < count; i += Vector<T>.Count)
        {
            Vector.Store((Vector.Load(lanes.Parameter + i) * keep) + (Vector.Load(lanes.Gradient + i) * add), lanes.Parameter + i);
        }
    }
}
