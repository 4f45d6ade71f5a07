using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>Normalisation layers of a backbone.</summary>
public enum NormKind
{
    /// <summary>Batch normalisation with statistics over the whole batch.</summary>
    Batch,

    /// <summary>Batch normalisation with statistics over equal groups of the batch, as if it were spread over several devices: what MoCo needs on one
    /// device.</summary>
    Split,

    /// <summary>Layer normalisation: over all channels and positions of an image by itself, then scale and shift of each channel. Images do not see each other:
    /// what CPC v2 needs.</summary>
    Layer,
}

/// <summary>Makes the normalisation layers of a backbone.</summary>
/// <param name="kind">Over the whole batch, its groups, or each image.</param>
/// <param name="splits">Groups for <see cref="NormKind.Split"/>.</param>
/// <param name="zeroLast">Whether the last layer of each block starts with scale 0, so that the block starts as an identity.</param>
internal sealed class NormFactory(NormKind kind, int splits, bool zeroLast)
{
    /// <summary>A layer with scale 1 and shift 0.</summary>
    public Module<Tensor, Tensor> Create(long channels) => kind switch
    {
        NormKind.Split => new SplitBatchNorm2d(channels, splits),
        NormKind.Layer => CreateLayerNorm(channels),
        _ => BatchNorm2d(channels),
    };

    /// <summary>The last layer of a block.</summary>
    public Module<Tensor, Tensor> CreateLast(long channels)
    {
        var norm = Create(channels);
        if (zeroLast)
        {
            init.zeros_(norm.get_parameter("weight")!);
        }

        return norm;
    }

    /// <summary>Group normalisation with one group. TorchSharp 0.107 leaves its scale and shift as they are in memory.</summary>
    private static Module<Tensor, Tensor> CreateLayerNorm(long channels)
    {
        var norm = GroupNorm(1, channels);
        init.ones_(norm.get_parameter("weight")!);
        init.zeros_(norm.get_parameter("bias")!);

        return norm;
    }

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
