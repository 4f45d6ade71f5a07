namespace Parallax.Plugins.Parts;

/// <summary>Turns images into a map of patches. State-dictionary name as timm: <c>proj</c>, a convolution, or a stack of convolutions.</summary>
public sealed class PatchEmbedding : Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Module<Tensor, Tensor> proj;

    /// <summary>Wraps what projects the pixels.</summary>
    /// <param name="projection">From [N, C, H, W] to [N, D, h, w].</param>
    public PatchEmbedding(Module<Tensor, Tensor> projection)
        : base(nameof(PatchEmbedding))
    {
        proj = projection;
        RegisterComponents();
    }

    /// <summary>The tokens of a map, row by row.</summary>
    /// <param name="map">[N, D, h, w].</param>
    /// <returns>[N, h w, D].</returns>
    public static Tensor Tokens(Tensor map) => map.flatten(2).transpose(1, 2);

    /// <summary>Embeds images.</summary>
    /// <param name="input">[N, C, H, W]; pixels beyond the last whole patch are not seen.</param>
    /// <returns>[N, D, h, w].</returns>
    public override Tensor forward(Tensor input) => proj.call(input);

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input) => graph.Write(proj, input);
}
