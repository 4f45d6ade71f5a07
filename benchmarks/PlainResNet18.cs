namespace Parallax.Benchmarks;

/// <summary>ResNet-18 with the stem for small images and a head, in TorchSharp alone.</summary>
internal sealed class PlainResNet18 : Module<Tensor, Tensor>
{
    /// <summary>Width of the features that the head is given.</summary>
    public const int Features = 512;

    private readonly Module<Tensor, Tensor> layers;

    /// <param name="head">[N, 512] to [N, D].</param>
    public PlainResNet18(Module<Tensor, Tensor> head)
        : base(nameof(PlainResNet18))
    {
        List<Module<Tensor, Tensor>> modules = [Conv2d(3, 64, 3, padding: 1, bias: false), BatchNorm2d(64), ReLU()];
        long inputs = 64;
        foreach (var (channels, stride) in new[] { (64L, 1L), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1) })
        {
            modules.Add(new Block(inputs, channels, stride));
            inputs = channels;
        }

        modules.AddRange([AdaptiveAvgPool2d(1), Flatten(), head]);
        layers = Sequential(modules);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => layers.call(input);

    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> layers;
        private readonly Module<Tensor, Tensor> shortcut;

        public Block(long inputs, long outputs, long stride)
            : base(nameof(Block))
        {
            layers = Sequential(
                Conv2d(inputs, outputs, 3, stride: stride, padding: 1, bias: false), BatchNorm2d(outputs), ReLU(),
                Conv2d(outputs, outputs, 3, padding: 1, bias: false), BatchNorm2d(outputs));
            shortcut = stride == 1 && inputs == outputs ? Identity()
                : Sequential(Conv2d(inputs, outputs, 1, stride: stride, bias: false), BatchNorm2d(outputs));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => F.relu(layers.call(input) + shortcut.call(input));
    }
}
