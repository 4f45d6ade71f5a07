using System.Numerics;

namespace Parallax.Torch;

/// <summary>Constants of a layer-wise scaled Adam step; mean and mean square in the first and second buffer.</summary>
internal readonly record struct LambConstants
{
    /// <summary>Factor on the gradient: 1, or less when the global norm is clipped.</summary>
    public required double GradientScale { get; init; }

    public required double Beta1 { get; init; }

    /// <summary>Share of the gradient in the mean: 1 - Beta1, or 1.</summary>
    public required double Beta3 { get; init; }

    public required double Beta2 { get; init; }

    public required double Epsilon { get; init; }

    public required double Decay { get; init; }

    public required double MeanCorrection { get; init; }

    /// <summary>Square root of the bias correction of the mean square.</summary>
    public required double SquareCorrection { get; init; }
}

/// <summary>First pass: moves mean and mean square, and sums the squares of the parameter and of the update.</summary>
internal readonly unsafe record struct LambMoments(LambConstants Constants) : IReduceRule
{
    public Sums Reduce<T>(Lanes<T> lanes, nint count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var direction = new LambDirection<T>(Constants);
        var (scale, keep1, add1) = (T.CreateTruncating(Constants.GradientScale), T.CreateTruncating(Constants.Beta1), T.CreateTruncating(Constants.Beta3));
        var (keep2, add2) = (T.CreateTruncating(Constants.Beta2), T.CreateTruncating(1 - Constants.Beta2));
        var (parameter, update) = (Vector<T>.Zero, Vector<T>.Zero);
        for (nint i = 0; i < count; i += Vector<T>.Count)
        {
            var p = Vector.Load(lanes.Parameter + i);
            var g = Vector.Load(lanes.Gradient + i) * scale;
            var mean = (Vector.Load(lanes.First + i) * keep1) + (g * add1);
            var square = (Vector.Load(lanes.Second + i) * keep2) + (g * g * add2);
            Vector.Store(mean, lanes.First + i);
            Vector.Store(square, lanes.Second + i);
            var d = direction.At(p, mean, square);
            parameter += p * p;
            update += d * d;
        }

        return new(double.CreateTruncating(Vector.Sum(parameter)), double.CreateTruncating(Vector.Sum(update)));
    }
}

/// <summary>Second pass: the step itself.</summary>
/// <param name="Constants">As in the first pass.</param>
/// <param name="Step">Learning rate times trust ratio.</param>
internal readonly unsafe record struct LambStep(LambConstants Constants, double Step) : IUpdateRule
{
    public void Update<T>(Lanes<T> lanes, nint count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var direction = new LambDirection<T>(Constants);
        var step = T.CreateTruncating(Step);
        for (nint i = 0; i < count; i += Vector<T>.Count)
        {
            var p = Vector.Load(lanes.Parameter + i);
            var d = direction.At(p, Vector.Load(lanes.First + i), Vector.Load(lanes.Second + i));
            Vector.Store(p - (d * step), lanes.Parameter + i);
        }
    }
}

/// <summary>The update before it is scaled: bias-corrected mean over root mean square, plus decay.</summary>
internal readonly struct LambDirection<T>(LambConstants constants)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector<T> _meanCorrection = new(T.CreateTruncating(constants.MeanCorrection));
    private readonly Vector<T> _squareCorrection = new(T.CreateTruncating(constants.SquareCorrection));
    private readonly Vector<T> _epsilon = new(T.CreateTruncating(constants.Epsilon));
    private readonly Vector<T> _decay = new(T.CreateTruncating(constants.Decay));

    public Vector<T> At(Vector<T> parameter, Vector<T> mean, Vector<T> square) =>
        (mean / _meanCorrection / ((Vector.SquareRoot(square) / _squareCorrection) + _epsilon)) + (parameter * _decay);
}
