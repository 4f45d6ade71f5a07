namespace Parallax.Torch.Modules;

/// <summary>Negative log-likelihood of softmax.</summary>
public sealed class CrossEntropyLoss : WeightedLoss<Tensor, Tensor, Tensor>
{
    /// <summary>See <see cref="torch.nn.functional.cross_entropy"/>; this constructor also offers label smoothing.</summary>
    public CrossEntropyLoss(Tensor? weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean, double label_smoothing = 0.0)
        : base(weight, reduction)
    {
        this.ignore_index = ignore_index;
        this.label_smoothing = label_smoothing;
    }

    /// <summary>Class number without loss.</summary>
    public long? ignore_index { get; }

    /// <summary>Share of the uniform distribution in the target, a fraction in [0, 1].</summary>
    public double label_smoothing { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input1, Tensor input2) =>
        F.cross_entropy(input1, input2, weight, ignore_index ?? -100, reduction, label_smoothing);
}
