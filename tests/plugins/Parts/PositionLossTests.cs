using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class PositionLossTests
{
    [Fact]
    public void Compute_EqualScores_IsTheLogarithmOfThePlaces()
    {
        var logits = zeros([2, 9, 9]);

        Assert.Equal(Math.Log(9), PositionLoss.Compute(logits).item<float>(), 1e-6);
        Assert.Equal(Math.Log(9), PositionLoss.Compute(logits, smoothing: 0.3).item<float>(), 1e-6);   // the target is spread, the scores are equal
    }

    [Fact]
    public void Compute_EveryPatchSureOfItsPlace_IsZero()
    {
        var logits = (50 * eye(4)).unsqueeze(0);

        Assert.Equal(0, PositionLoss.Compute(logits).item<float>(), 1e-6);
        Assert.Equal(1, PositionLoss.Accuracy(logits).item<float>());
        Assert.Equal(50 * 0.1 * 0.75, PositionLoss.Compute(logits, smoothing: 0.1).item<float>(), 1e-4);   // three of four places get 0.1 / 4, at 50 each
    }

    [Fact]
    public void Accuracy_HalfOfThePatches_IsAHalf()
    {
        var logits = stack([eye(4), eye(4).flip(1)]);   // the second image has its places in reverse

        Assert.Equal(0.5, PositionLoss.Accuracy(logits).item<float>());
    }

    [Fact]
    public void Compute_BFloat16_IsComputedInFloat32() =>
        Assert.Equal(ScalarType.Float32, PositionLoss.Compute(zeros([1, 4, 4], dtype: ScalarType.BFloat16)).dtype);
}
