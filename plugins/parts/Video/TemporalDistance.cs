namespace Parallax.Plugins.Parts;

/// <summary>ConCur's auxiliary task: how far apart in time two clips of a video begin.</summary>
/// <remarks>Our definition after the abstract of Roy and Etemad, "Temporal Contrastive Learning with Curriculum", ICASSP 2023,
/// https://arxiv.org/abs/2209.00760, which gives no equations.</remarks>
internal static class TemporalDistance
{
    /// <summary>The distance of two starts, as a fraction of the largest one that the video allows.</summary>
    /// <param name="first">First frame of the first clip, [N] int64.</param>
    /// <param name="second">First frame of the second clip, [N] int64.</param>
    /// <param name="last">The last frame at which a clip may begin, [N] int64.</param>
    /// <returns>[N] float64 in [0, 1]; 0 where clips can begin at frame 0 only.</returns>
    public static Tensor Of(Tensor first, Tensor second, Tensor last)
    {
        using var scope = NewDisposeScope();

        return ((first - second).abs().to(float64) / last.clamp_min(1)).MoveToOuterDisposeScope();   // [N]
    }

    /// <summary>Squared error, the mean over the videos.</summary>
    /// <param name="prediction">[N].</param>
    /// <param name="distance">[N].</param>
    /// <returns>Scalar, [], float32.</returns>
    public static Tensor SquaredError(Tensor prediction, Tensor distance)
    {
        using var scope = NewDisposeScope();

        return (prediction.to(float32) - distance.to(float32)).square().mean().MoveToOuterDisposeScope();   // []
    }

    /// <summary>Classes of the distance, for a prediction by <see cref="ClassPrediction"/>: equal parts of [0, 1].</summary>
    /// <param name="distance">[N] float64.</param>
    /// <param name="classes">Number of classes.</param>
    /// <returns>[N] int64.</returns>
    public static Tensor Classes(Tensor distance, int classes)
    {
        using var scope = NewDisposeScope();

        return (distance * classes).floor().clamp(0, classes - 1).to(int64).MoveToOuterDisposeScope();   // [N]
    }
}
