using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class CentreTests
{
    [Fact]
    public void Targets_ByHand_AreCentredAndSharpened()
    {
        var centre = new Centre(2, momentum: 0.5);
        centre.Remember(Tensors.Matrix([2, 0]), tags: null);   // 0.5 * 0 + 0.5 * (2, 0) = (1, 0)

        var targets = centre.Targets(Tensors.Matrix([1 + (MathF.Log(3) / 2), 0]), temperature: 0.5);   // (ln 3 / 2, 0) / 0.5

        Tensors.AssertClose(Tensors.Matrix([0.75f, 0.25f]), targets);
    }

    [Fact]
    public void Remember_TwoSteps_IsTheMovingAverage()
    {
        var centre = new Centre(1, momentum: 0.9);

        centre.Remember(Tensors.Matrix([10]), tags: null);
        centre.Remember(Tensors.Matrix([20]), tags: null);

        Tensors.AssertClose(Tensors.Matrix([2.9f]), centre.get_buffer("center")!);   // by hand: 1, then 0.9 + 2
    }

    [Fact]
    public void Update_OfHalves_AveragesToThatOfTheWhole()
    {
        var (centre, teacher) = (new Centre(3, momentum: 0.9), Tensors.Normal(1, 8, 3));

        var (whole, first, second) = (centre.Update(teacher), centre.Update(teacher[..4]), centre.Update(teacher[4..]));

        Assert.Equal(RowJoining.Averaged, whole.Joining);
        Tensors.AssertClose(whole.Rows, (first.Rows + second.Rows) / 2);
        Assert.Equal([0, 0, 0], Tensors.Values(centre.get_buffer("center")!));   // the trainer moves it after the step
    }

    [Fact]
    public void Targets_OfATeacherWithGradient_AreConstants() =>
        Assert.False(new Centre(3, 0.9).Targets(Tensors.Leaf(Tensors.Normal(1, 2, 3)), temperature: 0.04).requires_grad);

    [Fact]
    public void Remember_RowsOfTheWholeBatch_AreRefused() =>
        Assert.Throws<ArgumentException>(() => new Centre(3, 0.9).Remember(ones([2, 3]), tags: null));
}
