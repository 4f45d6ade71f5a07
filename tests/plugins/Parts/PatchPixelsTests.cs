using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class PatchPixelsTests
{
    [Fact]
    public void Split_GoesThroughRowsThenColumnsThenChannels()
    {
        var images = arange(32, dtype: float32).view(1, 2, 4, 4);   // the second channel is 16 more than the first

        var patches = PatchPixels.Split(images, 2);   // [1, 4, 8]

        Assert.Equal([2f, 18, 3, 19, 6, 22, 7, 23], Tensors.Values(patches[0, 1]));   // the second patch is right of the first
    }

    [Fact]
    public void Split_PixelsBeyondTheLastWholePatch_AreLeftOut()
    {
        var images = Tensors.Normal(1, 2, 3, 7, 8);

        Tensors.AssertClose(PatchPixels.Split(images.narrow(2, 0, 6).narrow(3, 0, 6), 3), PatchPixels.Split(images, 3));
    }

    [Fact]
    public void Join_InvertsSplit()
    {
        var images = Tensors.Normal(2, 2, 3, 12, 12);

        Tensors.AssertClose(images, PatchPixels.Join(PatchPixels.Split(images, 4), 4), tolerance: 0);
    }

    [Fact]
    public void Join_PatchesThatAreNoSquare_AreRefused() =>
        Assert.Contains("6 patches", Assert.Throws<ArgumentException>(() => PatchPixels.Join(zeros([1, 6, 12]), 2)).Message, StringComparison.Ordinal);

    [Fact]
    public void NormaliseEach_PatchOfTwoValues_HasTheUnbiasedDeviation()
    {
        var normalised = PatchPixels.NormaliseEach(tensor(new float[] { 1, 3, 5, 5 }, [1, 2, 2]));

        Tensors.AssertClose([-0.70710678f, 0.70710678f, 0, 0], Tensors.Values(normalised));   // variance 2, not 1; a flat patch stays finite
    }

    [Fact]
    public void Denormalise_UndoesNormaliseEach()
    {
        var patches = Tensors.Normal(3, 2, 4, 12);

        Tensors.AssertClose(patches, PatchPixels.Denormalise(PatchPixels.NormaliseEach(patches), patches));
    }
}
