using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

/// <summary>What methods with a bank draw, estimate and lose.</summary>
public sealed class MemoryPartsTests
{
    private const int Count = 10, Negatives = 3000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Candidates_ManyDraws_AreUniformBehindTheOwnRow(bool leavesOwnOut)
    {
        var drawn = Draw([4, 9], leavesOwnOut).Chunk(1 + Negatives).ToArray();

        Assert.Equal([4, 9], drawn.Select(row => row[0]));
        foreach (var row in drawn)
        {
            var counts = row[1..].CountBy(index => index).ToDictionary();
            Assert.Equal(leavesOwnOut ? Count - 1 : Count, counts.Count);
            Assert.Equal(leavesOwnOut, !counts.ContainsKey(row[0]));
            Assert.All(counts.Values, count => Assert.InRange(count, 220, 420));
        }
    }

    [Fact]
    public void Candidates_OfAnImage_DoNotDependOnTheOthers() =>
        Assert.Equal(Draw([3, 7, 1], leavesOwnOut: false).Chunk(1 + Negatives).ElementAt(1), Draw([7], leavesOwnOut: false));

    [Fact]
    public void BankLogits_ManyRows_EqualThoseOfTheWholeProduct()
    {
        var (features, bank) = (Tensors.Leaf(Tensors.UnitRows(1, 5, 2048)), Tensors.UnitRows(2, 300, 2048));   // more than one block
        var candidates = randint(0L, 300, [5, 1000], dtype: int64);
        var weights = Tensors.Normal(3, 5, 1000);

        var logits = BankLogits.Of(features, bank, candidates, temperature: 0.2);
        (logits * weights).sum().backward();

        var whole = Tensors.Leaf(features);
        var expected = (whole.matmul(bank.t()) / 0.2).gather(1, candidates);
        (expected * weights).sum().backward();
        Tensors.AssertClose(expected, logits);
        Tensors.AssertClose(whole.grad!, features.grad!, 1e-4);
    }

    [Fact]
    public void NCELoss_UninformedOdds_IsThatOfGuessing()
    {
        var logits = zeros(2, 4);

        var loss = NCELoss.Compute(logits, full([1, 1], 20.0 / 3), images: 20, epsilon: 0);   // P = 3/20 = K/M: h is a half everywhere

        Assert.Equal(4 * Math.Log(2), loss.item<float>(), 1e-5);
    }

    [Fact]
    public void NCELoss_SmallTemperature_StaysFinite()
    {
        var logits = Tensors.Leaf(Tensors.Matrix([500, -500, 400]));

        NCELoss.Compute(logits, ones(1, 1), images: 10).backward();

        Tensors.AssertFinite(logits.grad!);
    }

    [Fact]
    public void Partition_Twice_KeepsTheFirstValue()
    {
        var partition = new PartitionConstant();
        var logits = Tensors.Normal(4, 3, 5);

        var first = partition.Of(logits, images: 7, TestRuns.Step());
        var update = Assert.Single(partition.Updates(first, TestRuns.Step()));
        partition.Remember(update.Rows, update.Tags);
        partition.Remember(update.Rows * 2, update.Tags);

        Assert.Equal(7 * logits.exp().mean().item<float>(), first.item<float>(), 1e-3);
        Assert.Equal(first.item<float>(), partition.Of(logits * 3, images: 7, TestRuns.Step(epoch: 1)).item<float>());
        Assert.Empty(partition.Updates(first, TestRuns.Step(epoch: 1)));
    }

    [Fact]
    public void InstanceSoftmax_EqualRows_IsLogOfTheirNumber() => Assert.Equal(
        Math.Log(30), InstanceSoftmaxLoss.Compute(Tensors.UnitRows(1, 2, 4), ones(30, 4), tensor(new long[] { 3, 29 }), 0.5).item<float>(), 1e-4);

    private static long[] Draw(long[] images, bool leavesOwnOut)
    {
        CounterRandom[] randoms = [.. images.Select(image => new CounterRandom(5, 0, image, RandomPurpose.Masking))];

        return Tensors.Integers(BankDraws.Candidates(tensor(images), randoms, Count, Negatives, leavesOwnOut));
    }
}
