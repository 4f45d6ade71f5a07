using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts.Video;

public sealed class MotionImageTests
{
    [Fact]
    public void Differences_OfAClipThatStandsStill_AreTheMiddle()
    {
        var clips = Tensors.Normal(1, 2, 3, 1, 4, 5).abs().repeat(1, 1, 6, 1, 1);

        Assert.All(Tensors.Values(FrameDifferences.Residual(clips)), value => Assert.Equal(0.5f, value));
        Assert.All(Tensors.Values(FrameDifferences.Absolute(clips)), value => Assert.Equal(0, value));
        Assert.All(Tensors.Values(FrameDifferences.Signed(clips)), value => Assert.Equal(127.5f, value));
    }

    [Fact]
    public void Differences_OfAFrameThatTurnsWhite_HaveTheirSigns()
    {
        var clips = cat([zeros([1, 3, 2, 1, 1]), ones([1, 3, 1, 1, 1])], 2);   // black, black, white

        Tensors.AssertClose([0, 0.5f, 1], Tensors.Values(FrameDifferences.Residual(clips)[0, 0].flatten()));   // the first frame follows on the last
        Tensors.AssertClose([0, 1], Tensors.Values(FrameDifferences.Absolute(clips * 255)[0, 0].flatten()));
        // the weights add up to 0.9999
        Tensors.AssertClose([127.5f, 0, 0], Tensors.Values(FrameDifferences.Signed(clips * 255)[0, 0].flatten()), tolerance: 0.02);
    }

    [Fact]
    public void FlowEdges_WhereEverythingMovesAlike_AreZero()
    {
        var moving = ones([1, 2, 3, 6, 7]) * 5;
        var half = moving.clone();
        half.narrow(4, 0, 3).zero_();

        Assert.Equal(0, FlowEdges.Of(moving).max().item<float>());
        var edges = FlowEdges.Of(half);
        Assert.Equal([1, 3, 6, 7], edges.shape);
        var one = (float)Math.Sqrt(2 * 20 * 20);   // both components change by 5, four times
        Tensors.AssertClose([0, 0, one, one, 0, 0, 0], Tensors.Values(edges[0, 0, 2]));
    }

    [Theory]
    [InlineData(MotionInput.FlowEdge, 0, 0)]
    [InlineData(MotionInput.FrameDifference, 0, 0)]
    [InlineData(MotionInput.Flow, 0.5, 0)]
    public void MotionClips_OfAClipThatStandsStill_ShowNone(MotionInput input, double first, double last)
    {
        var motion = MotionClips.Of(Tensors.Normal(3, 2, 3, 1, 16, 20).abs().clamp(0, 1).repeat(1, 1, 4, 1, 1), input);

        Assert.Equal([2, 3, 4, 16, 20], motion.shape);
        Assert.Equal(first, motion[.., 0].max().item<float>(), 1e-5);
        Assert.Equal(first, motion[.., 0].min().item<float>(), 1e-5);
        Assert.Equal(last, motion[.., 2].abs().max().item<float>(), 1e-5);
    }

    [Fact]
    public void FlowImages_LongFlow_IsCutOff()
    {
        var flow = tensor(new float[] { -50, -20, 0, 10, 20, 50 }).view(1, 1, 1, 1, 6).repeat(1, 2, 1, 1, 1);

        var images = FlowImages.Of(flow);

        Tensors.AssertClose([0, 0, 127.5f, 191.25f, 255, 255], Tensors.Values(images[0, 1].flatten()));
        Assert.Equal(0, images[0, 2].abs().max().item<float>());
    }

    [Fact]
    public void ClipGradients_LaterFramesOfAToken_DoNotMatter()
    {
        var clips = Tensors.Normal(2, 2, 3, 4, 16, 16);
        var changed = clips.clone();
        changed.select(2, 1).zero_();
        var gradients = new OrientedGradients(Bins: 9, Cell: 4);

        var rows = ClipGradients.Rows(gradients, clips, framesPerToken: 2, cellsPerToken: 2);

        Assert.Equal([2, 8, 108], rows.shape);
        Tensors.AssertClose(rows, ClipGradients.Rows(gradients, changed, 2, 2), tolerance: 0);
        Tensors.AssertClose(rows.narrow(1, 4, 4), OrientedGradients.Rows(gradients.Of(clips.select(2, 2)), 2), tolerance: 0);
    }
}
