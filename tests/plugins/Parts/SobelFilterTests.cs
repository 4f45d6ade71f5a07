using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class SobelFilterTests
{
    [Fact]
    public void Call_ImageOfOneColour_HasNoEdgesInside()
    {
        var edges = new SobelFilter(1).call(full([1, 3, 6, 6], 0.7f));

        Assert.Equal([1, 2, 6, 6], edges.shape);
        Tensors.AssertClose(zeros([1, 2, 4, 4]), edges.narrow(2, 1, 4).narrow(3, 1, 4));
    }

    [Fact]
    public void Call_ColoursOfTheSameMean_AreNotTold()
    {
        var images = Tensors.Normal(1, 2, 3, 5, 5);

        Tensors.AssertClose(new SobelFilter(1).call(images), new SobelFilter(1).call(images.flip(1)));
        Tensors.AssertClose(new SobelFilter(1).call(images), new SobelFilter(1).call(images.mean([1], keepdim: true)));
    }

    [Fact]
    public void Call_WiderPadding_IsTwoPixelsLarger() => Assert.Equal([2, 2, 7, 7], new SobelFilter(2).call(Tensors.Normal(1, 2, 3, 5, 5)).shape);
}
