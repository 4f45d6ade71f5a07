using System.Numerics;

namespace Parallax.Torch;

/// <summary>Layer-wise scaled momentum step (first buffer): both placements of the learning rate.</summary>
/// <param name="Trust">Factor on the decayed gradient.</param>
/// <param name="Decay">Weight decay.</param>
/// <param name="Momentum">Momentum.</param>
/// <param name="InnerRate">Factor on what enters the buffer: the learning rate, or 1.</param>
/// <param name="OuterRate">Factor on what leaves it: 1, or the learning rate.</param>
internal readonly unsafe record struct LarsRule(double Trust, double Decay, double Momentum, double InnerRate, double OuterRate) : IUpdateRule
{
    public void Update<T>(Lanes<T> lanes, nint count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (scale, decay) = (T.CreateTruncating(Trust * InnerRate), T.CreateTruncating(Decay));
        var (momentum, rate) = (T.CreateTruncating(Momentum), T.CreateTruncating(OuterRate));
        for (nint i = 0; i < count; i += Vector<T>.Count)
        {
            var p = Vector.Load(lanes.Parameter + i);
            var d = (Vector.Load(lanes.Gradient + i) + (p * decay)) * scale;
            var buffer = (Vector.Load(lanes.First + i) * momentum) + d;
            Vector.Store(buffer, lanes.First + i);
            Vector.Store(p - (buffer * rate), lanes.Parameter + i);
        }
    }
}

/// <summary>Squared norms of the parameter and of the gradient with a share of the parameter.</summary>
/// <param name="Decay">Share of the parameter in the second norm.</param>
internal readonly unsafe record struct LarsNorms(double Decay) : IReduceRule
{
    public Sums Reduce<T>(Lanes<T> lanes, nint count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var decay = T.CreateTruncating(Decay);
        var (parameter, gradient) = (Vector<T>.Zero, Vector<T>.Zero);
        for (nint i = 0; i < count; i += Vector<T>.Count)
        {
            var p = Vector.Load(lanes.Parameter + i);
            var d = Vector.Load(lanes.Gradient + i) + (p * decay);
            parameter += p * p;
            gradient += d * d;
        }

        return new(double.CreateTruncating(Vector.Sum(parameter)), double.CreateTruncating(Vector.Sum(gradient)));
    }
}
