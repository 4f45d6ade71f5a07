using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class ImageBankTests
{
    [Fact]
    public void Constructor_RandomRows_HaveLengthOne_AndFollowTheSeed()
    {
        var (first, same, other) = (new ImageBank(5, 3, seed: 1), new ImageBank(5, 3, seed: 1), new ImageBank(5, 3, seed: 2));

        Tensors.AssertClose(ones([5]), first.Features.square().sum(1));
        Assert.Equal(Tensors.Values(first.Features), Tensors.Values(same.Features));
        Assert.NotEqual(Tensors.Values(first.Features), Tensors.Values(other.Features));
    }

    [Fact]
    public void Remember_Rows_OverwriteThoseOfTheirImages()
    {
        var bank = new ImageBank(4, 2, seed: 1);
        bank.Fill(zeros([4, 2]));

        bank.Remember(Tensors.Matrix([1, 1], [2, 2]), tensor(new long[] { 3, 0 }));

        Assert.Equal([2, 2, 0, 0, 0, 0, 1, 1], Tensors.Values(bank.Features));
    }

    [Fact]
    public void Remember_WithMomentum_AveragesWithTheOldRowsAndNormalises()
    {
        var bank = new ImageBank(3, 2, seed: 1, momentum: 0.75);
        bank.Fill(Tensors.Matrix([1, 0], [0, 1], [1, 0]));

        bank.Remember(Tensors.Matrix([0, 1], [0, -1]), tensor(new long[] { 2, 1 }));

        var norm = MathF.Sqrt((0.75f * 0.75f) + (0.25f * 0.25f));
        Tensors.AssertClose([1, 0, 0, 1, 0.75f / norm, 0.25f / norm], Tensors.Values(bank.Features));
    }

    [Fact]
    public void WithUniformRows_OfManyNumbers_StaysInItsRangeWithRowsOfAboutOne()
    {
        var bank = ImageBank.WithUniformRows(200, 48, seed: 1, momentum: 0.5);

        Assert.InRange(bank.Features.abs().max().item<float>(), 0.24, 0.25);                      // 1 / sqrt(48 / 3)
        Assert.InRange(bank.Features.square().sum(1).mean().item<float>(), 0.97, 1.03);
        Assert.InRange(bank.Features.mean().item<float>(), -0.01, 0.01);
    }

    [Fact]
    public void Remember_WithoutIndices_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new ImageBank(4, 2, seed: 1).Remember(ones([2, 2]), tags: null));

    [Fact]
    public void Fill_OtherNumberOfImages_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new ImageBank(4, 2, seed: 1).Fill(ones([3, 2])));
}
