using Parallax.Contracts;

namespace Parallax.Plugins.Backbones;

/// <summary>The residual networks for ImageNet: a stem, four stages, global average pooling. Names in the state dictionary are torchvision's, without
/// <c>fc</c>.</summary>
/// <remarks>
/// He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, table 1, https://arxiv.org/abs/1512.03385.
/// Initialised as torchvision: convolutions from N(0, 2 / fan-out), normalisations with scale 1 and shift 0.
/// </remarks>
public abstract class ResNet : Module<Tensor, Tensor>, ILayeredBackbone
{
    private const int StemChannels = 64;

    private readonly Module<Tensor, Tensor> conv1, bn1, layer1, layer2, layer3, layer4;
    private readonly Stem _stem;

    /// <summary>Builds the network.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="blocks">Blocks of each of the four stages.</param>
    /// <param name="bottleneck">Three-layer blocks with four times as wide outputs, instead of two-layer blocks.</param>
    /// <param name="options">Stem, normalisation, width.</param>
    /// <param name="run">Gives the channels of the images.</param>
    private protected ResNet(string name, IReadOnlyList<int> blocks, bool bottleneck, ResNetOptions options, RunInfo run)
        : base(name)
    {
        var norms = new NormFactory(options.Norm, options.Splits);
        long width = Math.Max(1, (long)Math.Round(StemChannels * options.Width)), channels = width;
        var expansion = bottleneck ? Bottleneck.Expansion : 1;
        _stem = options.Stem;
        conv1 = _stem == Stem.Imagenet
            ? Conv2d(run.Data.Channels, width, 7, stride: 2, padding: 3, bias: false)
            : Conv2d(run.Data.Channels, width, 3, stride: 1, padding: 1, bias: false);
        bn1 = norms.Create(width);
        layer1 = Stage(0);
        layer2 = Stage(1);
        layer3 = Stage(2);
        layer4 = Stage(3);
        FeatureDim = (int)channels;
        Stages = [.. Enumerable.Range(0, 4).Select(stage => new FeatureStage($"layer{stage + 1}", (int)((width << stage) * expansion), FirstStride << stage))];
        RegisterComponents();
        ResNetInitialization.Apply(this, options.ZeroInitResidual);

        Module<Tensor, Tensor> Stage(int stage)
        {
            var modules = new List<Module<Tensor, Tensor>>();
            var inner = width << stage;
            for (var block = 0; block < blocks[stage]; block++)
            {
                long stride = block == 0 && stage > 0 ? 2 : 1;
                var shortcut = stride != 1 || channels != inner * expansion ? Projection(channels, inner * expansion, stride, norms) : null;
                modules.Add(bottleneck ? new Bottleneck(channels, inner, stride, norms, shortcut) : new BasicBlock(channels, inner, stride, norms, shortcut));
                channels = inner * expansion;
            }

            return Sequential(modules);
        }
    }

    /// <inheritdoc/>
    public int FeatureDim { get; }

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> LayerDims => [.. Stages.Select(stage => stage.Channels)];

    private int FirstStride => _stem switch { Stem.Imagenet => 4, Stem.CifarMaxpool => 2, _ => 1 };

    /// <summary>Features of images.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, <see cref="FeatureDim"/>], averaged over all positions; not negative, because the last layer is a ReLU.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var map = layer4.call(layer3.call(layer2.call(layer1.call(First(input)))));   // [N, F, H/32, W/32]

        return map.mean([2, 3]).MoveToOuterDisposeScope();   // [N, F]
    }

    /// <summary>Averaged features after each of the four stages.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>Four of [N, <see cref="LayerDims"/>[i]], not negative.</returns>
    public IReadOnlyList<Tensor> Layers(Tensor images)
    {
        using var scope = NewDisposeScope();
        var x1 = layer1.call(First(images));   // [N, F/8, H/4, W/4]
        var x2 = layer2.call(x1);              // [N, F/4, H/8, W/8]
        var x3 = layer3.call(x2);              // [N, F/2, H/16, W/16]
        var x4 = layer4.call(x3);              // [N, F, H/32, W/32]

        return [.. new[] { x1, x2, x3, x4 }.Select(x => x.mean([2, 3]).MoveToOuterDisposeScope())];
    }

    private Tensor First(Tensor images)
    {
        var x = bn1.call(conv1.call(images)).relu_();   // [N, 64, H/2, W/2], or the full side with the small stems

        return _stem == Stem.Cifar ? x : F.max_pool2d(x, 3, stride: 2, padding: 1);   // [N, 64, H/4, W/4], or H/2 with cifar-maxpool
    }

    /// <summary>The shortcut where shapes change: 1x1 convolution and normalisation (option B of the paper).</summary>
    private static Module<Tensor, Tensor> Projection(long inputs, long outputs, long stride, NormFactory norms) =>
        Sequential(Conv2d(inputs, outputs, 1, stride: stride, bias: false), norms.Create(outputs));
}
