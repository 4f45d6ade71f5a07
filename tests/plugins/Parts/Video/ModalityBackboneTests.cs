using Parallax.Contracts;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Augmentations;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Parts.Video;

public sealed class ModalityBackboneTests
{
    private const int Side = 32, Frames = 4;

    private static readonly RunInfo _run = Runs.With(3);   // mean 0.5, deviation 0.25

    [Fact]
    public void Forward_OfFlow_ShowsWhereThingsMove()
    {
        using var scope = NewDisposeScope();
        var flow = new FlowFront(new(_run.Data));

        var images = flow.call(ToTheRight());   // [1, 3, T, H, W]

        Assert.Equal(ToTheRight().shape, images.shape);
        Assert.Equal((((1 + 20) / 40.0) - 0.5) / 0.25, Centre(images, channel: 0), tolerance: 0.02);   // one pixel a frame; 20 are 1 before normalisation
        Assert.Equal(0, Centre(images, channel: 1), tolerance: 0.02);
        Assert.All(Tensors.Values(images[0, 2].flatten()), value => Assert.Equal(-2f, value));         // 0
    }

    [Fact]
    public void Forward_OfAMirroredClip_MovesTheOtherWay()
    {
        using var scope = NewDisposeScope();

        var images = new FlowFront(new(_run.Data)).call(ToTheRight().flip(4));

        Assert.Equal((((-1 + 20) / 40.0) - 0.5) / 0.25, Centre(images, channel: 0), tolerance: 0.02);
    }

    [Fact]
    public void Of_Flow_TakesClipsAndIsBuiltAgainAlike()
    {
        var backbone = ModalityBackbone.Of(Modality.Flow, () => new ClipBackbone(), _run.Data);

        var copy = Assert.IsAssignableFrom<IDerivedBackbone>(backbone).Again(_ => new ClipBackbone());

        Assert.True(backbone.TakesClips);
        Assert.Equal(((Module)backbone).state_dict().Keys, ((Module)copy).state_dict().Keys);
        Assert.Equal([2, 12], copy.call(Tensors.Normal(1, 2, 3, Frames, Side, Side)).shape);
    }

    [Fact]
    public void Of_Rgb_IsTheBackboneItself() =>
        Assert.IsType<ClipBackbone>(ModalityBackbone.Of(Modality.Rgb, () => new ClipBackbone(), _run.Data));

    [Fact]
    public void FlowFaults_OneFrameWithoutColours_AreBothTold() =>
        Assert.Equal(2, ModalityBackbone.FlowFaults("coclr", Runs.With(1) with { Clip = new(1) }).Count());

    [Fact]
    public void FrozenEncoder_InTraining_KeepsItsStatisticsAndHasNoGradients()
    {
        using var scope = NewDisposeScope();
        var encoder = new FrozenEncoder(new ClipBackbone(), Linear(12, 6));
        var before = encoder.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        encoder.train();

        var keys = encoder.call(Tensors.Normal(1, 2, 3, Frames, 8, 8));

        Assert.False(keys.requires_grad);
        Tensors.AssertClose([1, 1], Tensors.Values(keys.square().sum([1])));
        Assert.All(encoder.parameters(), parameter => Assert.False(parameter.requires_grad));
        Assert.All(encoder.state_dict(), entry => Assert.True(entry.Value.eq(before[entry.Key]).all().item<bool>(), entry.Key));
    }

    /// <summary>A smooth pattern that moves to the right by a pixel a frame, [1, 3, T, H, W], normalised.</summary>
    private static Tensor ToTheRight()
    {
        var pattern = nn.functional.interpolate(Tensors.Normal(5, 1, 3, 9, 9), [Side + 8, Side + 8], mode: InterpolationMode.Bicubic, align_corners: false);
        var rgb = (0.5 + (pattern / 6)).clamp(0, 1);
        var frames = Enumerable.Range(0, Frames).Select(t => rgb.narrow(2, 4, Side).narrow(3, 4 - t, Side));   // [1, 3, H, W] each

        return (stack([.. frames], 2) - 0.5) / 0.25;
    }

    private static double Centre(Tensor images, int channel) => images[0, channel].narrow(1, 8, 16).narrow(2, 8, 16).mean().item<float>();
}
