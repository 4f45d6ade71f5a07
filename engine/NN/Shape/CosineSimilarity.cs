namespace Parallax.Torch.Modules;

/// <summary>Cosine of the angle between vectors along a dimension.</summary>
public sealed class CosineSimilarity : Module<Tensor, Tensor, Tensor>
{
    internal CosineSimilarity(long dim, double eps)
        : base(nameof(CosineSimilarity))
    {
        this.dim = dim;
        this.eps = eps;
    }

    /// <summary>Dimension of the vectors.</summary>
    public long dim { get; set; }

    /// <summary>Least length to divide by.</summary>
    public double eps { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input1, Tensor input2) => F.cosine_similarity(input1, input2, dim, eps);
}
