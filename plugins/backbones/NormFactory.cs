using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>Makes the normalisation layers of a backbone.</summary>
/// <param name="kind">Whole batch, or groups.</param>
/// <param name="splits">Groups for <see cref="NormKind.Split"/>.</param>
internal sealed class NormFactory(NormKind kind, int splits)
{
    /// <summary>A layer with scale 1 and shift 0.</summary>
    public Module<Tensor, Tensor> Create(long channels) =>
        kind == NormKind.Split ? new SplitBatchNorm2d(channels, splits) : BatchNorm2d(channels);

    /// <summary>What is wrong with the groups for the batches of a run.</summary>
    public static IEnumerable<string> Faults(NormKind kind, int splits, RunInfo run)
    {
        if (kind != NormKind.Split || run.MicroBatchSize % splits == 0)
        {
            return [];
        }

        string[] shared = [run.WorldSize > 1 ? $"{run.WorldSize} processes" : "", run.Accumulation > 1 ? $"trainer.accumulation {run.Accumulation}" : ""];
        var parts = string.Join(" and ", shared.Where(part => part.Length > 0));

        return
        [
            $"backbone.norm is split, and backbone.splits {splits} cannot divide {run.MicroBatchSize} images (trainer.batchSize "
                + $"{run.BatchSize}{(parts.Length > 0 ? " over " : "")}{parts}) into equal groups. "
            + $"Make trainer.batchSize a multiple of {splits * run.BatchSize / run.MicroBatchSize}, set backbone.splits to a divisor of "
            + $"{run.MicroBatchSize}, or backbone.norm to batch.",
        ];
    }
}
