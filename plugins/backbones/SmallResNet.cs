using Parallax.Contracts;

namespace Parallax.Plugins.Backbones;

/// <summary>The residual networks for CIFAR: one 3x3 convolution, three stages of 16, 32 and 64 channels, global average pooling.</summary>
/// <remarks>
/// He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2, https://arxiv.org/abs/1512.03385: 6n + 2 layers, shortcuts of option A,
/// which have no parameters (every second pixel, missing channels zero). Names follow torchvision's ResNets: <c>conv1</c>, <c>bn1</c>, <c>layer1.0.conv1</c>,
/// ... Convolutions are drawn from N(0, 2 / fan-out), as in torchvision.
/// </remarks>
public abstract class SmallResNet : Module<Tensor, Tensor>, ILayeredBackbone
{
    private const int StemChannels = 16;

    private readonly Module<Tensor, Tensor> conv1, bn1, layer1, layer2, layer3;

    /// <summary>Builds the network.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="blocksPerStage">Two-layer blocks per stage, the paper's n.</param>
    /// <param name="options">Normalisation, width.</param>
    /// <param name="run">Gives the channels of the images.</param>
    private protected SmallResNet(string name, int blocksPerStage, SmallResNetOptions options, RunInfo run)
        : base(name)
    {
        var norms = new NormFactory(options.Norm, options.Splits);
        long width = Math.Max(1, (long)Math.Round(StemChannels * options.Width)), channels = width;
        conv1 = Conv2d(run.Data.Channels, width, 3, stride: 1, padding: 1, bias: false);
        bn1 = norms.Create(width);
        layer1 = Stage(0);
        layer2 = Stage(1);
        layer3 = Stage(2);
        FeatureDim = (int)channels;
        Stages = [.. Enumerable.Range(0, 3).Select(stage => new FeatureStage($"layer{stage + 1}", (int)(width << stage), 1 << stage))];
        RegisterComponents();
        ResNetInitialization.Apply(this, zeroInitResidual: false);

        Module<Tensor, Tensor> Stage(int stage)
        {
            var modules = new List<Module<Tensor, Tensor>>();
            for (var block = 0; block < blocksPerStage; block++)
            {
                var outputs = width << stage;
                var changes = block == 0 && stage > 0;
                modules.Add(new BasicBlock(channels, outputs, changes ? 2 : 1, norms, changes ? new ZeroPaddedShortcut(outputs - channels) : null));
                channels = outputs;
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

    /// <summary>Features of images.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, <see cref="FeatureDim"/>], averaged over all positions; not negative, because the last layer is a ReLU.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var map = layer3.call(layer2.call(layer1.call(First(input))));   // [N, 64, H/4, W/4]

        return map.mean([2, 3]).MoveToOuterDisposeScope();   // [N, 64]
    }

    /// <summary>Averaged features after each of the three stages.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>Three of [N, <see cref="LayerDims"/>[i]], not negative.</returns>
    public IReadOnlyList<Tensor> Layers(Tensor images)
    {
        using var scope = NewDisposeScope();
        var x1 = layer1.call(First(images));   // [N, 16, H, W]
        var x2 = layer2.call(x1);              // [N, 32, H/2, W/2]
        var x3 = layer3.call(x2);              // [N, 64, H/4, W/4]

        return [.. new[] { x1, x2, x3 }.Select(x => x.mean([2, 3]).MoveToOuterDisposeScope())];
    }

    private Tensor First(Tensor images) => bn1.call(conv1.call(images)).relu_();   // [N, 16, H, W]

    /// <summary>Option A of the paper: every second pixel in both directions, further channels filled with zeros. No parameters.</summary>
    private sealed class ZeroPaddedShortcut : Module<Tensor, Tensor>
    {
        private readonly long _moreChannels;

        public ZeroPaddedShortcut(long moreChannels)
            : base(nameof(ZeroPaddedShortcut))
        {
            _moreChannels = moreChannels;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)   // [N, C, H, W]
        {
            using var scope = NewDisposeScope();
            var sampled = input.slice(2, 0, input.shape[2], 2).slice(3, 0, input.shape[3], 2);   // [N, C, H/2, W/2]

            return F.pad(sampled, [0, 0, 0, 0, 0, _moreChannels]).MoveToOuterDisposeScope();   // [N, C + more, H/2, W/2]
        }
    }
}
