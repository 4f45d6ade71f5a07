using System.Globalization;

namespace Parallax.Plugins.Parts;

/// <summary>The constant Z that stands for the sum over all images in noise-contrastive estimation, estimated in the first optimizer step and fixed from then
/// on. A buffer: a resumed run keeps it.</summary>
/// <remarks>
/// Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018, section 3.2, equation (8),
/// https://arxiv.org/abs/1805.01978, as in the authors' code: Z = images * mean of exp(logit) over the positives and negatives of the first batch, here of all
/// its micro-batches and processes. In the first step itself, each micro-batch takes its own estimate.
/// </remarks>
public sealed class PartitionConstant : Module, IFeatureMemory
{
    /// <summary>Why micro-batches differ from one batch.</summary>
    public const string Coupling = "In the first optimizer step, before Z is fixed, each micro-batch estimates it from its own images.";

    private const double MostExponent = 88;   // of the largest float32 it is 88.7

    private readonly Tensor z;   // [1, 1]; 0 until it is fixed

    /// <summary>Makes a constant that is not known yet.</summary>
    public PartitionConstant()
        : base(nameof(PartitionConstant))
    {
        z = zeros([1, 1], dtype: float32);
        RegisterComponents();
    }

    /// <summary>Z, or its estimate where it is not fixed yet.</summary>
    /// <param name="logits">Similarities divided by the temperature, positives included, [N, 1 + K].</param>
    /// <param name="images">Images of the training set.</param>
    /// <param name="context">Where training stands; the processes take the mean of their estimates.</param>
    /// <returns>[1, 1] float32; carries no gradient.</returns>
    public Tensor Of(Tensor logits, long images, StepContext context)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var estimate = Estimate(logits, images);                                          // [1, 1]
        estimate = context.Step == 0 ? context.Processes.Mean(estimate) : estimate;       // later steps find Z fixed

        return where(z > 0, z, estimate).MoveToOuterDisposeScope();                       // no value is read back
    }

    /// <summary>What a step hands to the trainer: in the first step its Z, then nothing.</summary>
    /// <param name="value">What <see cref="Of"/> gave.</param>
    /// <param name="context">Where training stands.</param>
    public IEnumerable<MemoryUpdate> Updates(Tensor value, StepContext context) =>
        context.Step == 0 ? [new(this, value.detach(), Joining: RowJoining.Averaged)] : [];

    /// <summary>The fault of a temperature so low that Z may not fit into its buffer.</summary>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <param name="run">Gives the number of images.</param>
    public static IEnumerable<string> Faults(double temperature, RunInfo run)
    {
        var least = 1 / (MostExponent - Math.Log(run.Data.Count));   // images * exp(1 / T) is the most that Z can be

        return temperature >= least ? [] :
        [
            string.Create(CultureInfo.InvariantCulture, $"method.temperature is {temperature}, with which the constant Z of {run.Data.Count} images may exceed "
                + $"float32. Take {Math.Ceiling(least * 1e4) / 1e4} or more, or method.contrast: info-nce, which has no Z."),
        ];
    }

    /// <summary>images * mean of exp(logit).</summary>
    /// <param name="logits">[N, 1 + K] float32.</param>
    /// <param name="images">Images of the training set.</param>
    /// <returns>[1, 1].</returns>
    public static Tensor Estimate(Tensor logits, long images) => logits.detach().exp().mean().view(1, 1) * images;

    /// <summary>Fixes Z, once.</summary>
    /// <param name="rows">The estimate, [1, 1], positive.</param>
    /// <param name="tags">Not used.</param>
    public void Remember(Tensor rows, Tensor? tags)
    {
        Rows.RequireSame(z, nameof(z), rows, nameof(rows));
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        z.copy_(where(z > 0, z, rows));
    }
}
