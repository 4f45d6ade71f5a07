namespace Parallax.Plugins.Parts;

/// <summary>A learned factor per channel on a branch. State-dictionary name as timm: <c>gamma</c>.</summary>
/// <remarks>Touvron et al., "Going deeper with Image Transformers", ICCV 2021, equation (4), https://arxiv.org/abs/2103.17239.</remarks>
public sealed class LayerScale : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Parameter gamma;

    /// <summary>Makes the factors.</summary>
    /// <param name="width">Width D of the tokens.</param>
    /// <param name="initial">First value of all factors.</param>
    public LayerScale(long width, double initial)
        : base(nameof(LayerScale))
    {
        gamma = new Parameter(full([width], initial));
        RegisterComponents();
    }

    /// <summary>Scales every channel.</summary>
    /// <param name="input">[..., D].</param>
    public override Tensor forward(Tensor input) => input * gamma;

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input) => graph.Multiply(input, graph.Constant(gamma));
}
