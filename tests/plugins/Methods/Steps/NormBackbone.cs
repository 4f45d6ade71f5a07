using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>Two convolutions with batch normalisation, for images of any size: features depend on which images go through together.</summary>
/// <remarks>Each convolution is a stage and a layer.</remarks>
internal sealed class NormBackbone : Module<Tensor, Tensor>, ILayeredBackbone
{
    private readonly Module<Tensor, Tensor> first = Sequential(Conv2d(3, 4, 3, padding: 1, bias: false), BatchNorm2d(4), ReLU());
    private readonly Module<Tensor, Tensor> second = Sequential(Conv2d(4, 3, 3, padding: 1, bias: false), BatchNorm2d(3));

    public NormBackbone()
        : base(nameof(NormBackbone)) => RegisterComponents();

    public int FeatureDim => 12;

    public IReadOnlyList<int> LayerDims => [16, 12];

    public IReadOnlyList<FeatureStage> Stages => [new("first", 4, 1), new("second", 3, 1)];

    public override Tensor forward(Tensor input) => Layers(input)[^1];

    public IReadOnlyList<Tensor> Layers(Tensor images)
    {
        var maps = first.call(images);

        return [Pooled(maps), Pooled(second.call(maps))];
    }

    private static Tensor Pooled(Tensor maps) => nn.functional.adaptive_avg_pool2d(maps, 2).flatten(1);   // [N, 4 C]
}
