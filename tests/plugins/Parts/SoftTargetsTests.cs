using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class SoftTargetsTests
{
    [Fact]
    public void Similarities_TwoCandidates_IsHandValue()
    {
        var k = Tensors.Matrix([3, 0]);
        var candidates = Tensors.Matrix([1, 0], [0, 1]);

        var p = SoftTargets.Similarities(k, candidates, temperature: 0.5);

        var first = (float)(Math.Exp(2) / (Math.Exp(2) + 1));
        Tensors.AssertClose([first, 1 - first], Tensors.Values(p));
    }

    [Fact]
    public void Similarities_LowerTemperature_IsSharper()
    {
        var (k, queue) = (Tensors.Normal(1, 6, 8), Tensors.UnitRows(2, 20, 8));

        var sharp = SoftTargets.Confidence(SoftTargets.Similarities(k, queue, 0.04), 20);
        var flat = SoftTargets.Confidence(SoftTargets.Similarities(k, queue, 0.1), 20);

        Assert.True((sharp > flat).all().item<bool>());
    }

    [Fact]
    public void CrossEntropy_OneHotTargets_IsOrdinaryCrossEntropy()
    {
        var logits = Tensors.Normal(1, 3, 5);
        var targets = Tensors.Matrix([0, 0, 1, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]);

        var loss = SoftTargets.CrossEntropy(targets, logits).item<float>();

        Assert.Equal(F.cross_entropy(logits, tensor(new long[] { 2, 0, 4 })).item<float>(), loss, tolerance: 1e-6);
    }

    [Fact]
    public void CrossEntropy_LogitsOfTheTarget_IsItsEntropyWithZeroGradient()
    {
        var logits = Tensors.Leaf(Tensors.Normal(1, 3, 5));
        var targets = logits.detach().softmax(1);

        var loss = SoftTargets.CrossEntropy(targets, logits);
        loss.backward();

        Assert.Equal(-(targets * targets.log()).sum(1).mean().item<float>(), loss.item<float>(), tolerance: 1e-5);
        Tensors.AssertClose(zeros_like(logits), logits.grad!, tolerance: 1e-6);
    }

    [Fact]
    public void Confidence_UniformAndCertain_AreZeroAndOne()
    {
        var p = Tensors.Matrix([0.25f, 0.25f, 0.25f, 0.25f], [0, 1, 0, 0], [0.5f, 0.5f, 0, 0]);

        Tensors.AssertClose([0, 1, 0.5f], Tensors.Values(SoftTargets.Confidence(p, 4)));
    }

    [Fact]
    public void Confidence_OneCandidate_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SoftTargets.Confidence(ones([3, 1]), 1));

    [Fact]
    public void CrossEntropy_OtherShape_NamesBoth()
    {
        var fault = Assert.Throws<ArgumentException>(() => SoftTargets.CrossEntropy(zeros([2, 4]), zeros([2, 5])));

        Assert.Contains("[2, 4]", fault.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 5]", fault.Message, StringComparison.Ordinal);
    }
}
