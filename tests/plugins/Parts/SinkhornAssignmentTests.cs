using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class SinkhornAssignmentTests
{
    [Fact]
    public void Compute_OneIterationOfTwoByTwo_IsWorkedOutByHand()
    {
        var scores = Tensors.Matrix([MathF.Log(3), 0], [0, 0]);   // exp: [3 1; 1 1], columns to 1: [3/4 1/2; 1/4 1/2], rows to 1

        var codes = SinkhornAssignment.Compute(scores, epsilon: 1, iterations: 1);

        Tensors.AssertClose(Tensors.Matrix([0.6f, 0.4f], [1 / 3f, 2 / 3f]), codes);
    }

    [Fact]
    public void Compute_ManyIterations_BalancesPrototypes()
    {
        var codes = SinkhornAssignment.Compute(Tensors.Normal(1, 12, 4), epsilon: 0.5, iterations: 100);

        Tensors.AssertClose(ones([12]), codes.sum(1));
        Tensors.AssertClose(full([4], 3f), codes.sum([0]), tolerance: 1e-3);   // 12 samples over 4 prototypes
    }

    [Fact]
    public void Compute_EqualScores_IsUniform() =>
        Tensors.AssertClose(full([6, 4], 0.25f), SinkhornAssignment.Compute(full([6, 4], 0.9f), epsilon: 0.05, iterations: 3));

    [Fact]
    public void Compute_ShuffledSamples_ShufflesTheCodes()
    {
        var (scores, order) = (Tensors.Normal(2, 5, 3), tensor(new long[] { 3, 1, 4, 0, 2 }));

        var shuffled = SinkhornAssignment.Compute(scores.index_select(0, order), epsilon: 0.3, iterations: 3);

        Tensors.AssertClose(SinkhornAssignment.Compute(scores, epsilon: 0.3, iterations: 3).index_select(0, order), shuffled);
    }

    [Fact]
    public void Compute_WithQueue_IsTheLastRowsOfBothTogether()
    {
        var (queue, scores) = (Tensors.Normal(3, 8, 3), Tensors.Normal(4, 5, 3));

        var codes = SinkhornAssignment.Compute(scores, epsilon: 0.3, iterations: 3, queue);

        Tensors.AssertClose(SinkhornAssignment.Compute(cat([queue, scores], 0), epsilon: 0.3, iterations: 3)[8..], codes);
    }

    [Fact]
    public void Compute_EpsilonWhereExpOverflows_StaysFinite()
    {
        var codes = SinkhornAssignment.Compute(Tensors.Matrix([1, -1, -1], [1, -1, -1]), epsilon: 0.001, iterations: 3);   // exp(1000) is no float

        Tensors.AssertFinite(codes);
        Tensors.AssertClose(ones([2]), codes.sum(1));
    }

    [Fact]
    public void Compute_ScoresWithGradient_GivesConstants() =>
        Assert.False(SinkhornAssignment.Compute(Tensors.Leaf(Tensors.Normal(5, 4, 3)), epsilon: 0.05, iterations: 3).requires_grad);

    [Fact]
    public void Compute_EpsilonZero_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SinkhornAssignment.Compute(ones([2, 2]), epsilon: 0, iterations: 3));
}
