using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class HiddenPatchLossTests
{
    private static readonly Tensor _hidden = tensor(new float[] { 1, 0, 1, 1, 0, 0 }, [2, 3]).DetachFromDisposeScope();

    [Fact]
    public void Compute_HiddenPatches_CountAlikeWhateverTheirImage()
    {
        var target = tensor(new float[] { 1, 1, 9, 9, 2, 2, 3, 3, 9, 9, 9, 9 }, [2, 3, 2]);

        Assert.Equal((1 + 4 + 9) / 3.0, HiddenPatchLoss.Compute(zeros([2, 3, 2]), target, _hidden).item<float>(), tolerance: 1e-6);
    }

    [Fact]
    public void Compute_VisiblePatches_GetNoGradient()
    {
        var prediction = Tensors.Leaf(Tensors.Normal(1, 2, 3, 5));

        HiddenPatchLoss.Compute(prediction, Tensors.Normal(2, 2, 3, 5), _hidden).backward();

        var gradient = prediction.grad!.abs().sum(2);   // [2, 3]
        Assert.Equal(Tensors.Values(_hidden), Tensors.Values(gradient.gt(0).to(float32)));
    }

    [Fact]
    public void Compute_GivenCount_IsTheDivisor()
    {
        var (prediction, target) = (Tensors.Normal(1, 2, 3, 5), Tensors.Normal(2, 2, 3, 5));

        var loss = HiddenPatchLoss.Compute(prediction, target, _hidden).item<float>();

        Assert.Equal(loss / 2, HiddenPatchLoss.Compute(prediction, target, _hidden, tensor(6f)).item<float>(), tolerance: 1e-6);
    }
}
