using System.Numerics;

namespace Parallax.Torch;

/// <summary>Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019): mean, mean square and running maximum of the gradient in three
/// buffers.</summary>
internal readonly unsafe record struct AdamRule : IUpdateRule
{
    /// <summary>Learning rate divided by the bias correction of the mean.</summary>
    public required double StepSize { get; init; }

    public required double Beta1 { get; init; }

    public required double Beta2 { get; init; }

    public required double Epsilon { get; init; }

    /// <summary>Square root of the bias correction of the mean square.</summary>
    public required double SquareCorrection { get; init; }

    /// <summary>Weight decay added to the gradient (Adam).</summary>
    public double CoupledDecay { get; init; }

    /// <summary>Factor on the parameter before the step (AdamW): 1 - learning rate * weight decay.</summary>
    public double Shrink { get; init; }

    /// <summary>Whether the running maximum replaces the mean square.</summary>
    public bool Maximum { get; init; }

    public void Update<T>(Lanes<T> lanes, nint count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (stepSize, epsilon, shrink) = (T.CreateTruncating(StepSize), new Vector<T>(T.CreateTruncating(Epsilon)), T.CreateTruncating(Shrink));
        var (keep1, add1) = (T.CreateTruncating(Beta1), T.CreateTruncating(1 - Beta1));
        var (keep2, add2) = (T.CreateTruncating(Beta2), T.CreateTruncating(1 - Beta2));
        var decay = T.CreateTruncating(CoupledDecay);
        var correction = new Vector<T>(T.CreateTruncating(SquareCorrection));
        for (nint i = 0; i < count; i += Vector<T>.Count)
        {
            var p = Vector.Load(lanes.Parameter + i);
            var g = Vector.Load(lanes.Gradient + i);
            if (CoupledDecay != 0)
            {
                g += p * decay;
            }

            var mean = (Vector.Load(lanes.First + i) * keep1) + (g * add1);
            var square = (Vector.Load(lanes.Second + i) * keep2) + (g * g * add2);
            Vector.Store(mean, lanes.First + i);
            Vector.Store(square, lanes.Second + i);
            if (Maximum)
            {
                square = Vector.Max(Vector.Load(lanes.Third + i), square);
                Vector.Store(square, lanes.Third + i);
            }

            var scale = (Vector.SquareRoot(square) / correction) + epsilon;
            Vector.Store((p * shrink) - (mean / scale * stepSize), lanes.Parameter + i);
        }
    }
}
