namespace Parallax.Torch.Modules;

/// <summary>Distance to the positive less distance to the negative, above a margin.</summary>
public sealed class TripletMarginLoss : Loss<Tensor, Tensor, Tensor, Tensor>
{
    internal TripletMarginLoss(double margin, long p, double eps, bool swap, Reduction reduction)
        : base(reduction)
    {
        this.margin = margin;
        this.p = p;
        this.eps = eps;
        this.swap = swap;
    }

    /// <summary>Difference without loss.</summary>
    public double margin { get; }

    /// <summary>Norm of the distance.</summary>
    public long p { get; }

    /// <summary>Added to differences.</summary>
    public double eps { get; }

    /// <summary>Whether the distance of positive and negative counts when it is smaller.</summary>
    public bool swap { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input1, Tensor input2, Tensor input3) =>
        F.triplet_margin_loss(input1, input2, input3, margin, p, eps, swap, reduction);
}
