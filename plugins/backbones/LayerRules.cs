using System.Globalization;

namespace Parallax.Plugins.Backbones;

/// <summary>The layers of the backbones by the names of their parameters, as layer-wise learning rate decay numbers them.</summary>
public static class LayerRules
{
    // The authors' 12 layers of ConvNeXt: the third stage has one for three blocks.
    private const int GroupedLast = 13, GroupedStage = 12, BlocksPerGroup = 3;
    private static readonly int[] _groupedDownsamples = [0, 2, 3, GroupedStage];

    /// <summary>Vision transformer: tokens, positions and patches are 0, block i is i + 1, everything else the last.</summary>
    /// <remarks>Bao et al., BEiT, ICLR 2022, https://arxiv.org/abs/2106.08254; the code of MAE (util/lr_decay.py).</remarks>
    /// <param name="depth">Number of blocks.</param>
    public static LayerIds Transformer(int depth) => new(depth + 1, name => name.Split('.') switch
    {
        ["cls_token" or "pos_embed" or "register_tokens"] or ["patch_embed" or "conv_proj" or "pos_encoding", ..] => 0,
        ["blocks", var block, ..] => Number(block) + 1,
        _ => depth + 1,
    });

    /// <summary>Whether weight decay applies to a parameter of a vision transformer.</summary>
    public static bool TransformerDecays(ParameterInfo parameter) =>
        !parameter.IsNormOrBias && parameter.Name is not ("pos_embed" or "cls_token" or "dist_token");

    /// <summary>ConvNeXt. By blocks: block b of a stage is 1 + b + the blocks of the stages before, and what halves the resolution belongs to the block behind
    /// it. By groups: 12 layers, each of the first, second and last stage one, and one for three blocks of the third.</summary>
    /// <remarks>The code of ConvNeXt V2 (optim_factory.py), where they are called single and group.</remarks>
    /// <param name="depths">Blocks of each stage.</param>
    /// <param name="grouping">Which of the two.</param>
    public static LayerIds ConvNeXt(IReadOnlyList<int> depths, LayerGrouping grouping)
    {
        if (grouping == LayerGrouping.Group)
        {
            return new(GroupedLast, name => name.Split('.') switch
            {
                ["downsample_layers", var stage, ..] => _groupedDownsamples[Number(stage)],
                ["stages", "2", var block, ..] => 3 + (Number(block) / BlocksPerGroup),
                ["stages", var stage, ..] => Number(stage) == 3 ? GroupedStage : Number(stage) + 1,
                _ => GroupedLast,
            });
        }

        var last = depths.Sum() + 1;

        return new(last, name => name.Split('.') switch
        {
            ["downsample_layers", var stage, ..] => 1 + Before(depths, Number(stage)),
            ["stages", var stage, var block, ..] => 1 + Before(depths, Number(stage)) + Number(block),
            _ => last,
        });
    }

    /// <summary>Whether weight decay applies to a parameter of ConvNeXt: not to those of layer scale and response normalisation, whatever their
    /// shape.</summary>
    public static bool ConvNeXtDecays(ParameterInfo parameter) => !parameter.IsNormOrBias
        && !parameter.Name.EndsWith(".gamma", StringComparison.Ordinal) && !parameter.Name.EndsWith(".beta", StringComparison.Ordinal);

    /// <summary>Swin: patches are 0, block b of a stage is 1 + b + the blocks of the stages before; what halves the resolution belongs to the block before
    /// it.</summary>
    /// <remarks>The code of SimMIM (optimizer.py), in torchvision's names.</remarks>
    /// <param name="depths">Blocks of each stage.</param>
    public static LayerIds Swin(IReadOnlyList<int> depths) => new(depths.Sum() + 1, name => name.Split('.') switch
    {
        ["features", var part, var block, ..] when Number(part) % 2 == 1 => 1 + Before(depths, Number(part) / 2) + Number(block),
        ["features", var part, ..] => Before(depths, Number(part) / 2),
        _ => depths.Sum() + 1,
    });

    /// <summary>Residual network: the stem is 0, block b of a stage is 1 + b + the blocks of the stages before. Ours, after the transformer's.</summary>
    /// <param name="depths">Blocks of each stage.</param>
    public static LayerIds ResNet(IReadOnlyList<int> depths) => new(depths.Sum() + 1, name => name.Split('.') switch
    {
        ["conv1" or "bn1" or "stem", ..] => 0,
        [['l', 'a', 'y', 'e', 'r', .. var stage], var block, ..] => 1 + Before(depths, Number(stage) - 1) + Number(block),
        _ => depths.Sum() + 1,
    });

    /// <summary>Residual network with pre-activation: the stem is 0, block b of a stage is 1 + b + the blocks of the stages before. Ours, as for residual
    /// networks.</summary>
    /// <param name="depths">Blocks of each stage.</param>
    public static LayerIds ResNetV2(IReadOnlyList<int> depths) => new(depths.Sum() + 1, name => name.Split('.') switch
    {
        ["stem", ..] => 0,
        ["stages", var stage, "blocks", var block, ..] => 1 + Before(depths, Number(stage)) + Number(block),
        _ => depths.Sum() + 1,
    });

    /// <summary>A network without branches: the first layer is 1. Ours, after the transformer's.</summary>
    /// <param name="layers">Names of the modules of each layer, from the input on.</param>
    public static LayerIds Plain(IReadOnlyList<string[]> layers) => new(layers.Count + 1, name => layers.Index()
        .Where(layer => layer.Item.Any(module => name.StartsWith(module + ".", StringComparison.Ordinal)))
        .Select(layer => layer.Index + 1).FirstOrDefault(layers.Count + 1));

    private static int Before(IReadOnlyList<int> depths, int stage) => depths.Take(stage).Sum();

    private static int Number(string part) => int.Parse(part, CultureInfo.InvariantCulture);
}
