using System.ComponentModel.DataAnnotations;

namespace Parallax.Host.Configuration;

/// <summary>Section <c>trainer</c>: how long, how fast and where training runs.</summary>
public sealed record TrainerOptions : IValidatableObject
{
    /// <summary>Passes over the data. Papers use 100 to 1000; the default is ours, for a first look.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 100;

    /// <summary>Ends the run after this many optimizer steps, whatever the epochs; null does not. Schedules then end here too.</summary>
    [Range(1L, long.MaxValue)]
    public long? MaxSteps { get; init; }

    /// <summary>Images per optimizer step, over all micro-batches and processes. He et al., CVPR 2020: 256.</summary>
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Micro-batches per optimizer step; saves memory where the method allows it. Ours.</summary>
    [Range(1, 1024)]
    public int Accumulation { get; init; } = 1;

    /// <summary>Arithmetic of the training step. Ours: the reference.</summary>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Fp32;

    /// <summary>Where to compute: <c>auto</c> (CUDA when there is any), <c>cpu</c>, <c>cuda</c> or <c>cuda:INDEX</c>. Of several processes on a machine each
    /// takes a GPU of its own. Ours.</summary>
    [RegularExpression("auto|cpu|cuda(:[0-9]+)?")]
    public string Device { get; init; } = "auto";

    /// <summary>Seed of everything random; two runs with the same seed and settings are the same run. Ours.</summary>
    [Range(0L, long.MaxValue)]
    public long Seed { get; init; }

    /// <summary>Threads of the CPU's arithmetic, per process; 0 divides the cores among the processes of a machine, <c>auto</c> measures once, when a run
    /// starts, how many are fastest. Another number changes the last bits of a result. Ours.</summary>
    [Range(0, 1024)]
    public AutoCount Threads { get; init; } = 0;

    /// <summary>Threads that read and augment images, per process; 0 chooses by the number of cores, <c>auto</c> by a measurement when a run starts. The
    /// batches are the same for any number. Ours.</summary>
    [Range(0, 1024)]
    public AutoCount Workers { get; init; } = 0;

    /// <summary>Batch normalisation over several processes: <c>synchronised</c> or <c>local</c>. Ours: the same numbers as one process.</summary>
    public BatchNormStatistics BatchNorm { get; init; } = BatchNormStatistics.Synchronised;

    /// <summary>Whether several processes on CPUs exchange gradients while backward still computes others; null does where they do not all share the cores of
    /// one machine. The results are the same, bit for bit. Ours: without cores to spare it gained nothing.</summary>
    public bool? OverlapGradients { get; init; }

    /// <summary>Stores images with channels last, which convolutions prefer. Ours.</summary>
    public bool ChannelsLast { get; init; } = true;

    /// <summary>Largest norm of the gradient, scaled down to it when above; 0 never clips. Ours.</summary>
    [Range(0.0, double.MaxValue)]
    public double ClipGradNorm { get; init; }

    /// <summary>Whether <c>clipGradNorm</c> bounds all gradients together or each parameter's by itself. Pascanu et al., ICML 2013: all.</summary>
    public ClippedNorm ClipGradNormPer { get; init; } = ClippedNorm.All;

    /// <summary>What happens when the embeddings collapse: <c>warn</c> says so and goes on, <c>stop</c> ends the run as failed. Ours.</summary>
    public CollapsePolicy OnCollapse { get; init; } = CollapsePolicy.Warn;

    /// <summary>Optimizer steps between two logged values. Ours.</summary>
    [Range(1, int.MaxValue)]
    public int LogEverySteps { get; init; } = 10;

    /// <summary>Epochs between two checkpoints; 0 writes none but the last. Ours.</summary>
    [Range(0, int.MaxValue)]
    public int CheckpointEveryEpochs { get; init; } = 1;

    /// <summary>Optimizer steps between two further checkpoints; 0 writes none. Ours.</summary>
    [Range(0, int.MaxValue)]
    public int CheckpointEverySteps { get; init; }

    /// <summary>Checkpoints that are kept, beside the best one. Ours.</summary>
    [Range(1, 1000)]
    public int KeepCheckpoints { get; init; } = 3;

    /// <summary>Folder that gets one folder per run. Ours.</summary>
    [Required]
    public string OutputDirectory { get; init; } = "runs";

    /// <summary>What <c>auto</c> became in this run; no part of the recipe.</summary>
    internal MachineChoice? Chosen { get; init; }

    /// <summary>The threads to use.</summary>
    /// <param name="byRule">Those of a recipe that gives none.</param>
    internal int ThreadsOr(int byRule) => Or(Threads.Number ?? Chosen?.Threads, byRule);

    /// <summary>The workers to use.</summary>
    /// <param name="byRule">Those of a recipe that gives none.</param>
    internal int WorkersOr(int byRule) => Or(Workers.Number ?? Chosen?.Workers, byRule);

    private static int Or(int? count, int byRule) => count is > 0 and var known ? known : byRule;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BatchSize % Accumulation != 0)
        {
            yield return new(
                $"trainer.batchSize is {BatchSize}, which is no multiple of trainer.accumulation, {Accumulation}. Every micro-batch has batchSize / "
                    + "accumulation images.",
                [nameof(BatchSize)]);
        }
        else if (BatchSize / Accumulation < 2)
        {
            yield return new(
                $"trainer.accumulation is {Accumulation} for trainer.batchSize {BatchSize}: a micro-batch needs at least 2 images. Lower it.",
                    [nameof(Accumulation)]);
        }
    }
}
