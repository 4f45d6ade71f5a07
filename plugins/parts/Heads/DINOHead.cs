namespace Parallax.Plugins.Parts;

/// <summary>Shape of a <see cref="DINOHead"/>.</summary>
/// <param name="Outputs">Outputs K of the last layer.</param>
/// <param name="Hidden">Width of the two hidden layers.</param>
/// <param name="Bottleneck">Width D of the embedding before the last layer.</param>
/// <param name="BatchNorm">Whether hidden layers are batch-normalised.</param>
/// <param name="NormLastLayer">Whether the rows of the last layer keep length one; otherwise their lengths are trained.</param>
public readonly record struct DINOHeadShape(long Outputs, long Hidden, long Bottleneck, bool BatchNorm, bool NormLastLayer);

/// <summary>Three linear layers with GELU between them, an embedding of length one, and a weight-normed linear layer without bias.</summary>
/// <remarks>
/// Caron et al., DINO, ICCV 2021, appendix C, https://arxiv.org/abs/2104.14294, and its code: weights from N(0, 0.02²) cut off at two, biases 0,
/// row lengths of the last layer 1. Names in the state dictionary are the authors', but with fixed lengths there is no <c>weight_g</c>.
/// </remarks>
public sealed class DINOHead : Module<Tensor, Tensor>
{
    private const double WeightStd = 0.02;
    private readonly Module<Tensor, Tensor> mlp;
    private readonly WeightNormLinear last_layer;

    /// <summary>Makes the head.</summary>
    /// <param name="features">Width F of the features.</param>
    /// <param name="shape">Widths and normalisation.</param>
    public DINOHead(long features, DINOHeadShape shape)
        : base(nameof(DINOHead))
    {
        List<Module<Tensor, Tensor>> layers = [];
        foreach (var (from, to) in new[] { (features, shape.Hidden), (shape.Hidden, shape.Hidden) })
        {
            layers.Add(Small(Linear(from, to)));
            if (shape.BatchNorm)
            {
                layers.Add(BatchNorm1d(to));
            }

            layers.Add(GELU());
        }

        layers.Add(Small(Linear(shape.Hidden, shape.Bottleneck)));
        mlp = Sequential(layers);
        last_layer = new(shape.Bottleneck, shape.Outputs, trainsLengths: !shape.NormLastLayer);
        RegisterComponents();
    }

    /// <summary>Embeddings before the last layer.</summary>
    /// <param name="h">Features, [N, F].</param>
    /// <returns>[N, D] float32, rows of length one.</returns>
    public Tensor Embed(Tensor h) => Rows.Unit(mlp.call(h));

    /// <summary>Outputs of embeddings.</summary>
    /// <param name="z">[N, D], rows of length one.</param>
    /// <returns>[N, K].</returns>
    public Tensor Outputs(Tensor z) => last_layer.call(z);

    /// <inheritdoc/>
    public override Tensor forward(Tensor h)
    {
        using var scope = NewDisposeScope();

        return Outputs(Embed(h)).MoveToOuterDisposeScope();
    }

    private static Linear Small(Linear linear)
    {
        TruncatedNormal.Fill(linear.weight!, WeightStd);
        init.zeros_(linear.bias!);

        return linear;
    }
}
