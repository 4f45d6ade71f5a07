namespace Parallax.Torch.Modules;

/// <summary>max(0, -target (input1 - input2) + margin).</summary>
public sealed class MarginRankingLoss : Loss<Tensor, Tensor, Tensor, Tensor>
{
    internal MarginRankingLoss(double margin, Reduction reduction)
        : base(reduction)
    {
        this.margin = margin;
    }

    /// <summary>Difference without loss.</summary>
    public double margin { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input1, Tensor input2, Tensor input3) => F.margin_ranking_loss(input1, input2, input3, margin, reduction);
}
