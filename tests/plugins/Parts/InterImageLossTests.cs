using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class InterImageLossTests
{
    [Fact]
    public void Logits_CosineMargin_MovesThePositiveOnly()
    {
        var logits = Logits(MarginKind.Cosine, -0.5);

        Tensors.AssertClose([(0.6f + 0.5f) / 0.2f, 0.8f / 0.2f, -0.6f / 0.2f], Tensors.Values(logits));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(-0.3)]
    public void Logits_ArcMargin_TurnsThePositive(double margin)
    {
        var positive = Tensors.Values(Logits(MarginKind.Arc, margin))[0];

        Assert.Equal(Math.Cos(Math.Acos(0.6) + margin) / 0.2, positive, tolerance: 1e-4);
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(-0.4)]
    public void Logits_ArcMargin_FallsWithTheAngleEverywhere(double margin)
    {
        var angles = linspace(0.01, 3.13, 200);
        var q = stack([angles.cos(), angles.sin()], 1);

        var positives = Tensors.Values(
            InterImageLoss.Logits(q, Tensors.Matrix([1, 0]).expand(200, 2), zeros([200, 1, 2]), 1, MarginKind.Arc, margin).select(1, 0));

        Assert.Equal(positives.OrderDescending(), positives);
    }

    [Fact]
    public void Logits_QueryOnItsPositive_HasFiniteGradients()
    {
        var q = Tensors.Leaf(Tensors.Matrix([2, 0]));

        InfoNCELoss.FromLogits(InterImageLoss.Logits(q, Tensors.Matrix([1, 0]), zeros([1, 1, 2]), 0.2, MarginKind.Arc, -0.2)).backward();

        Tensors.AssertFinite(q.grad!);
    }

    // cosines 0.6 with the positive, 0.8 and -0.6 with the negatives
    private static Tensor Logits(MarginKind kind, double margin) => InterImageLoss.Logits(
        Tensors.Matrix([3, 4]), Tensors.Matrix([1, 0]), Tensors.Matrix([0, 1], [-1, 0]).unsqueeze(0), 0.2, kind, margin);
}
