using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>Steps that draw for each frame, on videos in which nothing moves.</summary>
public sealed class PerFrameTests
{
    [Theory]
    [InlineData("random-resized-crop: {size: 16, ")]
    [InlineData("color-jitter: {probability: 1, ")]
    [InlineData("grayscale: {probability: 0.5, ")]
    [InlineData("gaussian-blur: {sigmaMin: 0.5, probability: 1, ")]
    public void Views_StillVideo_ChangeFromFrameToFrameWhereAsked(string step)
    {
        Assert.False(Differ($"{step}perFrame: false}}"));
        Assert.True(Differ($"{step}perFrame: true}}"));
    }

    [Fact]
    public void Views_OneStepPerFrame_LeavesTheDrawsOfTheOthersAlone()
    {
        const string crop = "random-resized-crop: {size: 16}", jitter = "color-jitter: {probability: 1, ";
        using var scope = NewDisposeScope();

        var (once, perFrame) = (View($"{{{crop}}}, {{{jitter}perFrame: false}}}}"), View($"{{{crop}}}, {{{jitter}perFrame: true}}}}"));

        Tensors.AssertClose(once.select(2, 0), perFrame.select(2, 0), 1e-6);   // [N, C, H, W], the first frame
    }

    private static bool Differ(string step)
    {
        using var scope = NewDisposeScope();
        var clips = View($"{{{step}}}");   // [N, C, T, H, W]

        return (clips - clips.narrow(2, 0, 1)).abs().max().item<float>() > 1e-3f;
    }

    private static Tensor View(string steps)
    {
        using var session = ConformanceHost.Session(
            "cvrl", "data.frames=1", "clips.short=loop", $"views=[{{repeat: 2, augmentations: [{steps}, normalize]}}]");
        using var batches = session.Loader.Epoch(0).GetEnumerator();   // a batch is valid until its enumeration goes on or ends
        Assert.True(batches.MoveNext());

        return session.Experiment.ToDevice(batches.Current).Views[0].clone();
    }
}
