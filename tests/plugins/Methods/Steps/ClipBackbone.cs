using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>A convolution over space and time with batch normalisation, for clips of any size.</summary>
internal sealed class ClipBackbone : Module<Tensor, Tensor>, IBackbone
{
    private readonly Module<Tensor, Tensor> layers = Sequential(Conv3d(3, 3, 3, padding: 1, bias: false), BatchNorm3d(3), ReLU());

    public ClipBackbone()
        : base(nameof(ClipBackbone)) => RegisterComponents();

    public int FeatureDim => 12;

    public bool TakesClips => true;

    public override Tensor forward(Tensor input) => nn.functional.adaptive_avg_pool3d(layers.call(input), [1, 2, 2]).flatten(1);   // [N, 12]
}
