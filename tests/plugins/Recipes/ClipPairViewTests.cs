using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Recipes;

/// <summary>The views and clips of InfoNCE, UberNCE and CoCLR against the code of Han et al. 2020, as <see cref="ViewTableTests"/> for others.</summary>
public sealed class ClipPairViewTests
{
    [Theory]
    [InlineData(128, "0.5")]
    [InlineData(64, "0")]   // small frames are not blurred
    public void Views_OfAllThree_AreThoseOfTheCode(int side, string blur)
    {
        var run = TestRuns.Of() with { ImageSize = side };
        IMethod[] methods =
        [
            new InfoNCEVideo(() => new ClipBackbone(), new() { QueueSize = 4 }, run), new UberNCE(() => new ClipBackbone(), new() { QueueSize = 4 }, run),
            new CoCLR(() => new ClipBackbone(), new() { QueueSize = 8 }, run),
        ];

        var expected = Enumerable.Range(0, 2).Select(view => $"1 x random-resized-crop {side} 0.2 1 0.75 1.3333 bicubic | "
            + $"paired-colors {view} 0.5 0.3 0.4 0.4 0.4 0.1 0.8 0.2 {blur} | horizontal-flip 0.5 | normalize");
        Assert.All(methods, method => Assert.Equal(expected, ViewText.Of(method.Views)));
    }

    [Fact]
    public void Clips_OfTheCode_AreThirtyTwoFramesInARow()
    {
        var clips = new InfoNCEVideo(() => new ClipBackbone(), new() { QueueSize = 4 }, TestRuns.Of()).Views.Clips!;

        Assert.Equal(new ClipSpec(32) { Stride = 1, Short = ShortVideo.RepeatFirst }, Assert.Single(clips.Views));
        Assert.IsType<OwnOrOtherClips>(clips.Sampler);
    }

    [Fact]
    public void PairedColors_Defaults_AreThoseOfTheCode() =>
        Assert.Equal(["1 x paired-colors 0 0.5 0.3 0.4 0.4 0.4 0.1 0.8 0.2 0.5"], ViewText.Of(new([new([new("paired-colors")])])));
}
