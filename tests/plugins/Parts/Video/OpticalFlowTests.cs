using Parallax.Contracts;
using Parallax.Host.Images;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts.Video;

/// <summary>Flow between two parts of a photograph: the displacement is known.</summary>
public sealed class OpticalFlowTests
{
    private const int Margin = 24;
    private const int Side = 112;

    private static readonly OpticalFlow _flow = new();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, -2)]
    [InlineData(3, 4)]
    [InlineData(-7, 5)]
    public void Of_PhotographMovedByWholePixels_IsTheDisplacement(int right, int down)
    {
        var photograph = Luma();

        var flow = _flow.Of(stack([Part(photograph, 0, 0), Part(photograph, right, down)], 0).unsqueeze(0));   // [1, 2, 1, S, S]

        AssertMoved(flow, right, down, tolerance: 0.1);
    }

    [Fact]
    public void Of_PhotographMovedByAnEighthOfItsSide_IsTheDisplacementOfMostPixels()
    {
        var photograph = Luma();

        var flow = _flow.Of(stack([Part(photograph, 0, 0), Part(photograph, 12, -9)], 0).unsqueeze(0));   // [1, 2, 1, S, S]

        Assert.InRange(Errors(flow, 12, -9).median().item<float>(), 0, 0.1);
    }

    [Fact]
    public void Of_PhotographMovedByHalfAPixel_IsTheDisplacement()
    {
        var photograph = Luma();

        var frames = F.avg_pool2d(stack([Part(photograph, 0, 0), Part(photograph, 3, -1)], 0).unsqueeze(0), [2, 2], [2, 2]);   // [1, 2, S / 2, S / 2]

        AssertMoved(_flow.Of(frames), 1.5, -0.5, tolerance: 0.1);
    }

    [Fact]
    public void Of_ClipsInABatch_AreThoseAlone()
    {
        var photograph = Luma();
        var clip = stack([Part(photograph, 0, 0), Part(photograph, 2, 1), Part(photograph, 4, 2)], 0).unsqueeze(0);   // [1, 3, S, S]

        var flow = _flow.Of(cat([clip, clip.flip(1)], 0));   // [2, 2, 2, S, S]

        Assert.Equal([2, 2, 2, Side, Side], flow.shape);
        Tensors.AssertClose(_flow.Of(clip)[0], flow[0], tolerance: 1e-3);
        AssertMoved(flow.narrow(0, 1, 1), -2, -1, tolerance: 0.1);
    }

    [Fact]
    public void Of_GreyFrames_IsZero()
    {
        var flow = _flow.Of(full([1, 2, 32, 48], 90, dtype: float32));

        Assert.InRange(flow.abs().max().item<float>(), 0, 1e-4);
    }

    [Fact]
    public void Of_OneFrame_IsRefused() => Assert.Throws<ArgumentException>(() => _flow.Of(zeros(1, 1, 32, 32)));

    private static void AssertMoved(Tensor flow, double right, double down, double tolerance)
    {
        var errors = Errors(flow, right, down);
        var (median, high) = (errors.median().item<float>(), errors.quantile(tensor(0.9f)).item<float>());
        Assert.True(median < tolerance && high < 5 * tolerance, $"errors in pixels: median {median}, nine in ten up to {high}");
    }

    /// <summary>In pixels, away from the borders.</summary>
    private static Tensor Errors(Tensor flow, double right, double down)
    {
        var border = flow.shape[3] / 6;
        var inner = flow.narrow(3, border, flow.shape[3] - (2 * border)).narrow(4, border, flow.shape[4] - (2 * border));

        return (inner - tensor(new[] { (float)right, (float)down }).view(1, 2, 1, 1, 1)).square().sum(1).sqrt().flatten();
    }

    /// <summary>A part in which everything stands further right and down than in the part at the margin.</summary>
    private static Tensor Part(Tensor photograph, int right, int down) => photograph.narrow(0, Margin - down, Side).narrow(1, Margin - right, Side);

    private static Tensor Luma()
    {
        using var file = typeof(OpticalFlowTests).Assembly.GetManifestResourceStream("photograph.jpg")!;
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var buffer = new ImageBuffer();
        new ImageDecoder().Decode(bytes, buffer, channels: 1);

        return tensor(buffer.Pixels.ToArray()).view(buffer.Height, buffer.Width) * 255;
    }
}
