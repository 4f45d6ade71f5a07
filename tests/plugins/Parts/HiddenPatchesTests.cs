using Parallax.Contracts;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Parts;

public sealed class HiddenPatchesTests
{
    [Fact]
    public void Of_ThreeImages_FindsPlacesAndShares()
    {
        var hidden = HiddenPatches.Of(Tensors.Matrix([0, 1, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]), CPU);

        Assert.Equal([1, 2, 8], Tensors.Integers(hidden.Places));
        Tensors.AssertClose([0.5f, 0.5f, 1], Tensors.Values(hidden.Weights));
        Assert.Equal(3, hidden.Images);
        Tensors.AssertClose(Tensors.Matrix([1], [2], [8]), hidden.Take(arange(12, dtype: float32).reshape(3, 4, 1)));
    }

    [Fact]
    public void Hide_OneValueForFourPatches_PutsTheTokenThere()
    {
        var (patches, token) = (ones([1, 4, 4, 2]), Tensors.Leaf(Tensors.Matrix([5, 6])));

        var hidden = MaskToken.Hide(patches, tensor(new float[] { 0, 1, 0, 0 }).reshape(1, 2, 2), token);

        Assert.Equal([1, 1, 5, 5, 1, 1, 5, 5, 1, 1, 1, 1, 1, 1, 1, 1], Tensors.Values(hidden.select(3, 0).flatten()));
        hidden.sum().backward();
        Assert.Equal([4f, 4f], Tensors.Values(token.grad!));
    }

    [Theory]
    [InlineData(2, 0.02, 0.1)]
    [InlineData(0.02, 0.0108, 0.02)]   // a normal distribution cut off at one deviation keeps 0.54 of it
    public void Create_Bound_CutsTheTailsOff(double bound, double deviation, double largest)
    {
        manual_seed(3);

        var token = MaskToken.Create(20_000, 0.02, bound).detach();

        Assert.Equal(deviation, token.std().item<float>(), tolerance: 3e-4);
        Assert.InRange(token.abs().max().item<float>(), 0.95 * Math.Min(bound, 0.07), largest);
    }

    [Fact]
    public void Create_WithoutDeviation_IsZero() => Assert.Equal([0, 0, 0], Tensors.Values(MaskToken.Create(3, 0)));

    [Fact]
    public void Compute_Losses_AreWeighedByImage()
    {
        var hidden = HiddenPatches.Of(Tensors.Matrix([1, 1], [0, 0], [1, 0]), CPU);
        var targets = Tensors.Matrix([1, 0], [0, 1], [1, 0]);

        var loss = HiddenPredictionLoss.Compute(Tensors.Matrix([MathF.Log(3), 0], [0, 0], [0, MathF.Log(7)]), targets, hidden, temperature: 1);

        // (ln 4/3 + ln 2) / 2 in the first image, nothing in the second, ln 8 in the third
        Assert.Equal((((Math.Log(4.0 / 3) + Math.Log(2)) / 2) + Math.Log(8)) / 3, loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Compute_NothingHidden_IsZeroWithAGradient()
    {
        var scores = Tensors.Leaf(zeros([0, 3], dtype: float32));

        var loss = HiddenPredictionLoss.Compute(scores, zeros([0, 3]), HiddenPatches.Of(zeros([2, 4]), CPU), temperature: 0.1);
        loss.backward();

        Assert.Equal(0, loss.item<float>());
        Assert.NotNull(scores.grad);
    }

    [Fact]
    public void CropMasks_EachCropOfEachImage_HasAShareOfItsOwn()
    {
        var (batch, images) = (Networks.Batch(8), zeros([8, 3, 28, 28]));
        var masks = new CropMasks(new(TestRuns.Of()), probability: 1, 0.1, 0.5);

        var drawn = masks.Draw(batch, TestRuns.Step(), crops: 2, Transformers.Tiny(), images);   // [8, 14, 14]

        Assert.Equal([8, 14, 14], drawn.shape);
        var shares = Tensors.Values(drawn.mean([1, 2]));
        Assert.All(shares, share => Assert.InRange(share, 0.01, 0.5));
        Assert.Equal(8, shares.Distinct().Count());
        var none = new CropMasks(new(TestRuns.Of()), probability: 0, 0.1, 0.5);
        Assert.Equal(0, none.Draw(batch, TestRuns.Step(), 2, Transformers.Tiny(), images).sum().item<float>());
    }

    [Theory]
    [InlineData(12, 1, 0.5, "data.imageSize is 12, but a token stands for 8 x 8 pixels")]   // Swin has 2 x 2 tokens then
    [InlineData(8, 1, 0.5, "data.imageSize is 8, which is 1 x 1 tokens; expected 2 x 2 at least")]
    [InlineData(16, 1, 0.2, "method.maxMaskRatio is 0.2, which is less than one of 2 x 2 tokens: nothing would ever be hidden")]
    [InlineData(8, 0, 0.5, null)]
    [InlineData(16, 1, 0.25, null)]
    public void CropMasks_CropsThatHaveNoMask_AreToldBeforeARunAndInAStep(int side, double probability, double most, string? expected)
    {
        var masks = new CropMasks(new(TestRuns.Of()), probability, 0.1, most);
        using var swin = Transformers.Windows();

        var faults = masks.Faults(TestRuns.Of() with { ImageSize = side }, swin).ToList();
        var error = Record.Exception(() => masks.Draw(Networks.Batch(8), TestRuns.Step(), crops: 1, swin, zeros([4, 3, side, side])));

        Assert.Equal(expected is null ? 0 : 1, faults.Count);
        Assert.Equal(expected is null, error is null);
        if (expected is not null)
        {
            Assert.StartsWith(expected, faults[0], StringComparison.Ordinal);
            var crops = $"The section views gives large crops of {side} x {side} pixels";
            var inStep = expected.Replace($"data.imageSize is {side}", crops, StringComparison.Ordinal);
            Assert.Contains(inStep, Assert.IsType<ConfigurationException>(error).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void CropMasks_OfHalfABatch_AreThoseOfTheWhole()
    {
        var (whole, masks) = (Networks.Batch(8), new CropMasks(new(TestRuns.Of()), 0.5, 0.1, 0.5));
        var half = whole with { Indices = whole.Indices[2..] };

        var drawn = masks.Draw(whole, TestRuns.Step(), 2, Transformers.Tiny(), zeros([8, 3, 8, 8])).reshape(2, 4, 4, 4);   // crop, image, h, w

        Tensors.AssertClose(drawn[.., 2..].flatten(0, 1), masks.Draw(half, TestRuns.Step(seed: 9), 2, Transformers.Tiny(), zeros([4, 3, 8, 8])));
    }
}
