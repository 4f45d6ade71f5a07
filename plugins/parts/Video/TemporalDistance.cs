namespace Parallax.Plugins.Parts;

/// <summary>ConCur's auxiliary task: how far apart in time two clips of a video begin.</summary>
/// <remarks>Our definition after the abstract of Roy and Etemad, "Temporal Contrastive Learning with Curriculum", ICASSP 2023,
/// https://arxiv.org/abs/2209.00760, which gives no equations.</remarks>
public static class TemporalDistance
{
    /// <summary>The distance of two starts, as a fraction of the largest one that the video allows.</summary>
    /// <param name="first">First frame of the first clip, [N], whole numbers.</param>
    /// <param name="second">First frame of the second clip, [N], whole numbers.</param>
    /// <param name="last">The last frame at which a clip may begin, [N], whole numbers.</param>
    /// <returns>[N] float64 in [0, 1]; 0 where clips can begin at frame 0 only.</returns>
    public static Tensor Of(Tensor first, Tensor second, Tensor last)
    {
        using var scope = NewDisposeScope();

        return ((first - second).abs().to(float64) / last.clamp_min(1)).MoveToOuterDisposeScope();   // [N]
    }

    /// <summary>The distance of the first two clips of each video of a batch: see <see cref="Of(Tensor, Tensor, Tensor)"/>.</summary>
    /// <param name="batch">Gives where the clips lie.</param>
    /// <returns>[N] float64 in [0, 1], on the device of the views.</returns>
    public static Tensor Of(Batch batch)
    {
        using var scope = NewDisposeScope();
        var windows = batch.Windows!.to(batch.Views[0].device);                                        // [N, V, 3]
        var (starts, covered, frames) = (windows.select(2, 0), windows.select(2, 1), windows.select(2, 2));   // [N, V] each
        var last = (frames - covered).select(1, 0).floor();                                            // [N]

        return Of(starts.select(1, 0), starts.select(1, 1), last).MoveToOuterDisposeScope();           // [N]
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
