namespace Parallax.Plugins.Parts;

/// <summary>Layer normalisation over the channels of feature maps: each position by itself. State-dictionary names: <c>weight</c>, <c>bias</c>.</summary>
/// <remarks>
/// Liu et al., "A ConvNet for the 2020s", CVPR 2022, section 2.6, https://arxiv.org/abs/2201.03545. Variance with divisor C, epsilon 1e-6 inside the root.
/// </remarks>
public sealed class ChannelNorm : Module<Tensor, Tensor>, IOnnxModule
{
    /// <summary>Epsilon of every layer normalisation in a ConvNeXt.</summary>
    public const double Epsilon = 1e-6;

    private readonly Parameter weight, bias;

    /// <summary>Makes the layer with scale 1 and shift 0.</summary>
    /// <param name="channels">Channels C.</param>
    public ChannelNorm(long channels)
        : base(nameof(ChannelNorm))
    {
        (weight, bias) = (new Parameter(ones([channels])), new Parameter(zeros([channels])));
        RegisterComponents();
    }

    /// <summary>Normalises every position.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, C, H, W].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var sites = input.permute(0, 2, 3, 1);   // [N, H, W, C]; no copy where the layout is channels_last

        return F.layer_norm(sites, weight.shape, weight, bias, Epsilon).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input) =>
        graph.Transpose(graph.LayerNorm(graph.Transpose(input, 0, 2, 3, 1), weight, bias, Epsilon), 0, 3, 1, 2);
}
