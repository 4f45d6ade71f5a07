using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>What triplets need of a run.</summary>
public static class TripletBatch
{
    /// <summary>What is wrong with a run's batches: a triplet is two views of one image and one of another.</summary>
    /// <param name="run">The run.</param>
    public static IEnumerable<string> Faults(RunInfo run)
    {
        if (run.MicroBatchSize * run.WorldSize < 2)
        {
            yield return $"trainer.batchSize is {run.BatchSize} in {run.Accumulation} micro-batches: one image at a time has no other to be told from. "
                + $"Raise it to at least {2 * run.Accumulation}.";
        }
    }
}
