namespace Parallax.Torch.Modules;

/// <summary>1 - cosine for target 1, cosine above a margin for target -1.</summary>
public sealed class CosineEmbeddingLoss : Loss<Tensor, Tensor, Tensor, Tensor>
{
    internal CosineEmbeddingLoss(double margin, Reduction reduction)
        : base(reduction)
    {
        this.margin = margin;
    }

    /// <summary>Cosine that a pair of target -1 may have.</summary>
    public double margin { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input1, Tensor input2, Tensor input3) => F.cosine_embedding_loss(input1, input2, input3, margin, reduction);
}
