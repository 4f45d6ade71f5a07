using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Parts.Motion;

namespace Parallax.Plugins.Tests.Methods;

public sealed class MotionSegmentationTests
{
    private const int Cells = 20;   // of two pixels
    private static readonly MotionSegmentationOptions Small = new() { MaskSide = Cells, PoolSide = 3, BottleneckDim = 8 };

    [Fact]
    public void Step_IsTheLogisticLossOfTheMiddleFrame_PixelByPixel()
    {
        var (method, batch) = (Create(), Batch(MovingSquares.Of(1, (3, 0), (0, 0)), MovingSquares.Of(2, (0, 0), (0, 0)), MovingSquares.Of(3, (0, -2), (1, 0))));

        var loss = method.Step(batch, TestRuns.Step()).Loss.item<float>();

        var saliency = F.avg_pool2d(new MotionSaliency(Small.Radius).Of(batch.Views[0].select(1, 0)), [2, 2]);      // [3, 20, 20]
        var map = method.Backbone.Maps(batch.Views[0].select(2, 1))[^1];                                            // [3, 6, 10, 10]
        var head = (Module<Tensor, Tensor>)method.named_modules().Single(part => part.name == "head").module;
        var logits = Tensors.Values(head.call(F.adaptive_avg_pool2d(map, [3, 3]).flatten(1)));
        var soft = Tensors.Values(saliency);
        var (sum, count) = (0.0, 0);
        foreach (var pixel in Enumerable.Range(0, soft.Length).Where(i => i / (Cells * Cells) != 1))                // nothing moves in the second clip
        {
            if (soft[pixel] is > 0.7f or < 0.4f)
            {
                var moves = soft[pixel] > 0.7f ? 1 : -1;
                (sum, count) = (sum + Math.Log(1 + Math.Exp(-moves * logits[pixel])), count + 1);
            }
        }

        Assert.Equal(sum / count, loss, tolerance: 1e-4);
    }

    [Fact]
    public void Step_NothingMoves_GivesNoLossAndNoGradient()
    {
        var method = Create();

        var output = method.Step(Batch(MovingSquares.Of(4, (0, 0), (0, 0)), MovingSquares.Of(5, null, (2, 0))), TestRuns.Step());
        output.Loss.backward();

        Assert.Equal(0, output.Loss.item<float>());
        Assert.All(output.Diagnostics, diagnostic => Assert.Equal(0, diagnostic.Value.item<float>()));
        Assert.All(method.parameters(), parameter => Assert.Equal(0, parameter.grad!.abs().max().item<float>()));
    }

    [Fact]
    public void Step_Gradient_IsThatOfTheMiddleFrameAlone()
    {
        var method = Create();
        var views = Tensors.Leaf(Batch(MovingSquares.Of(6, (3, 0), (0, 0)), MovingSquares.Of(7, (0, 2), (0, 0))).Views[0]);

        method.Step(new([views], arange(2, dtype: int64), null), TestRuns.Step()).Loss.backward();

        var gradients = views.grad!.abs().sum([0, 1, 3, 4]);   // [T]
        Assert.Equal((0, 0), (gradients[0].item<float>(), gradients[2].item<float>()));
        Assert.True(gradients[1].item<float>() > 0);
    }

    [Fact]
    public void Views_AreThreeFramesThatNeverJumpBack()
    {
        var clip = Assert.Single(Create().Views.Clips!.Views);

        Assert.Equal(new ClipSpec(3) { Stride = 2, Short = ShortVideo.RepeatLast }, clip);
    }

    [Theory]
    [InlineData(2, "clips.frames is 2, but motion is seen against a frame before and one after. Raise it to 3 or more.")]
    [InlineData(3, null)]
    public void Faults_TooFewFrames_SayHowMany(int frames, string? expected)
    {
        var faults = Create().Faults(TestRuns.Of() with { Clip = new(frames) });

        Assert.Equal(expected is null ? [] : [expected], faults);
    }

    [Fact]
    public void Options_Contradictions_AreFaults()
    {
        MotionSegmentationOptions options = new() { Low = 0.8, MinForeground = 0.6 };

        var faults = options.Validate(new ValidationContext(options)).Select(fault => fault.ErrorMessage!).ToList();

        Assert.Equal(2, faults.Count);
        Assert.StartsWith("method.low is 0.8, above method.high, 0.7", faults[0], StringComparison.Ordinal);
        Assert.StartsWith("method.minForeground is 0.6, above method.maxForeground, 0.5", faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Create_BackboneWithoutMaps_SaysWhatToTake()
    {
        var fault = Assert.Throws<ConfigurationException>(() => new MotionSegmentation(new PixelBackbone(), Small, TestRuns.Of()));

        Assert.Contains("without feature maps", fault.Message, StringComparison.Ordinal);
    }

    private static MotionSegmentation Create() => new(new MapBackbone(3), Small, TestRuns.Of() with { ImageSize = MovingSquares.Side });

    // The data's mean is 0 and its deviation 1.
    private static Batch Batch(params Tensor[] grey) =>
        new([cat(grey, 0).unsqueeze(1).expand(-1, 3, -1, -1, -1).contiguous()], arange(grey.Length, dtype: int64), null);
}
