using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class ImageTextLossTests
{
    [Fact]
    public void Compute_OrthogonalPairs_IsHandValue()
    {
        var z = Tensors.Matrix([1, 0], [0, 3]);

        var losses = ImageTextLoss.Compute(z, z, tensor([Math.Log(2f)], dtype: float32), arange(2, dtype: int64));

        // the own text has 2 times cosine 1, the other one cosine 0
        Assert.Equal(Math.Log(1 + Math.Exp(-2)), losses.Mean.item<float>(), tolerance: 1e-6);
    }

    [Fact]
    public void Compute_AllEqual_IsLogOfTheBatch()
    {
        var z = ones([5, 3]);

        Assert.Equal(Math.Log(5), ImageTextLoss.Compute(z, z, zeros(1), arange(5, dtype: int64)).Mean.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Compute_ScaleBeyondItsBounds_HasNoGradient()
    {
        var (z, scale) = (Tensors.Normal(1, 4, 3), Tensors.Leaf(full([1], 5.0, float32)));

        ImageTextLoss.Compute(z, Tensors.Normal(2, 4, 3), scale, arange(4, dtype: int64)).Mean.backward();

        Assert.Equal(0, scale.grad!.item<float>());
        Assert.Equal(100, ImageTextLoss.Scale(scale).item<float>(), 1e-3f);
    }

    [Fact]
    public void Compute_ImagesAndTextsSwapped_SwapsTheDirections()
    {
        var (x, y, scale, own) = (Tensors.Normal(1, 4, 3), Tensors.Normal(2, 4, 3), ones(1), arange(4, dtype: int64));

        var (one, other) = (ImageTextLoss.Compute(x, y, scale, own), ImageTextLoss.Compute(y, x, scale, own));

        Assert.Equal(one.ImageToText.item<float>(), other.TextToImage.item<float>());
    }

    [Fact]
    public void Compute_ZeroEmbeddings_HaveFiniteGradients()
    {
        var z = Tensors.Leaf(zeros([4, 3]));

        ImageTextLoss.Compute(z, ones([4, 3]), ones(1), arange(4, dtype: int64)).Mean.backward();

        Tensors.AssertFinite(z.grad!);
    }
}
