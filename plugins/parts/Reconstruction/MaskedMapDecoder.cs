namespace Parallax.Plugins.Parts;

/// <summary>Predicts something of every cell of a map in which some cells are hidden, by convolutions alone. State-dictionary names are those of FCMAE's code:
/// <c>proj</c>, <c>mask_token</c>, <c>decoder</c>, <c>pred</c>.</summary>
/// <remarks>
/// Woo et al., "ConvNeXt V2: Co-designing and Scaling ConvNets with Masked Autoencoders", CVPR 2023, section 3, https://arxiv.org/abs/2301.00808, and its code:
/// a 1x1 convolution, a learned vector in place of every hidden cell, ConvNeXt V2 blocks over the whole map, a 1x1 convolution.
/// Convolutions and the vector start from a normal distribution of deviation 0.02, as the paper's networks; the code's initialiser, by PyTorch's default, takes
/// 1 for convolutions.
/// </remarks>
public sealed class MaskedMapDecoder : Module<Tensor, Tensor, Tensor>
{
    private const double InitialStd = 0.02;

    private readonly Module<Tensor, Tensor> proj, pred;
    private readonly Parameter mask_token;
    private readonly ModuleList<ConvNeXtBlock> decoder;

    /// <summary>Makes the decoder.</summary>
    /// <param name="channels">Channels F of the map.</param>
    /// <param name="width">Channels D inside.</param>
    /// <param name="depth">Number of blocks.</param>
    /// <param name="outputs">Values predicted for every cell.</param>
    public MaskedMapDecoder(int channels, int width, int depth, int outputs)
        : base(nameof(MaskedMapDecoder))
    {
        (proj, pred) = (Conv2d(channels, width, 1), Conv2d(width, outputs, 1));
        mask_token = new Parameter(randn([1, width, 1, 1]) * InitialStd);
        decoder = [.. Enumerable.Range(0, depth).Select(_ => new ConvNeXtBlock(width, ConvNeXtVersion.V2))];
        RegisterComponents();
        foreach (var convolution in modules().OfType<Conv2d>())
        {
            TruncatedNormal.Fill(convolution.weight!, InitialStd);
            init.zeros_(convolution.bias!);
        }
    }

    /// <summary>Predicts.</summary>
    /// <param name="map">[N, F, h, w].</param>
    /// <param name="hidden">1 where a cell is hidden, else 0, row by row, [N, h w].</param>
    /// <returns>[N, h w, outputs], row by row.</returns>
    public override Tensor forward(Tensor map, Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var projected = proj.call(map);                                                                       // [N, D, h, w]
        var mask = hidden.view(map.shape[0], 1, map.shape[2], map.shape[3]).to(projected.dtype);              // [N, 1, h, w]
        var x = (projected * (1 - mask)) + (mask_token.to(projected.dtype) * mask);                           // [N, D, h, w]

        return pred.call(decoder.Aggregate(x, (y, block) => block.call(y))).flatten(2).transpose(1, 2).MoveToOuterDisposeScope();
    }
}
