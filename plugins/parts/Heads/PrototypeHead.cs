namespace Parallax.Plugins.Parts;

/// <summary>Prototypes as a linear layer without bias: the score of an embedding is its dot product with each prototype, a cosine for unit rows.</summary>
/// <remarks>
/// Caron et al., SwAV, NeurIPS 2020, section 3, https://arxiv.org/abs/2006.09882. Scores are computed in float32 whatever the run's precision:
/// balanced assignments divide them by 0.05.
/// </remarks>
public sealed class PrototypeHead : Module<Tensor, Tensor>
{
    private readonly Parameter weight;   // [K, D]

    /// <summary>Makes random prototypes, as PyTorch's linear layer does; <see cref="Renormalise"/> gives them length one.</summary>
    /// <param name="dimension">Width D of the embeddings.</param>
    /// <param name="prototypes">Number of prototypes K.</param>
    public PrototypeHead(long dimension, long prototypes)
        : base(nameof(PrototypeHead))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(prototypes, 1);
        var bound = 1 / Math.Sqrt(dimension);
        weight = new Parameter(init.uniform_(empty([prototypes, dimension], dtype: float32), -bound, bound));
        RegisterComponents();
    }

    /// <summary>Scales every prototype to length one, without gradients. Called at the start of each step, as the authors do; doing it twice changes
    /// nothing.</summary>
    public void Renormalise()
    {
        using var noGradients = no_grad();
        weight.copy_(F.normalize(weight, dim: 1));
    }

    /// <summary>Scores of embeddings.</summary>
    /// <param name="z">[N, D], rows of length one.</param>
    /// <returns>[N, K] float32.</returns>
    public override Tensor forward(Tensor z)
    {
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();

        return z.to(float32).matmul(weight.t()).MoveToOuterDisposeScope();   // [N, K]
    }
}
