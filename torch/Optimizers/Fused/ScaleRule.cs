using System.Numerics;

namespace Parallax.Torch;

/// <summary>Multiplies the parameter lane.</summary>
internal readonly unsafe record struct ScaleRule(double Factor) : IUpdateRule
{
    public void Update<T>(Lanes<T> lanes, nint count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = T.CreateTruncating(Factor);
        for (nint i = 0; i < count; i += Vector<T>.Count)
        {
            Vector.Store(Vector.Load(lanes.Parameter + i) * factor, lanes.Parameter + i);
        }
    }
}
