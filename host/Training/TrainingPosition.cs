namespace Parallax.Host.Training;

/// <summary>Where a run stands: what has been done so far, in epochs and images. It means the same under any batch size, accumulation and number of
/// processes.</summary>
/// <param name="Step">Optimizer steps done, whatever their batches were; the axis of all curves. It never falls.</param>
/// <param name="Epoch">The epoch the next step belongs to, from 0.</param>
/// <param name="Samples">Images of that epoch already trained: the first ones of its order.</param>
internal readonly record struct TrainingPosition(long Step, int Epoch, long Samples)
{
    /// <summary>The start of the epoch after this one.</summary>
    public TrainingPosition AtNextEpoch() => new(Step, Epoch + 1, 0);
}
