using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class FinchTests
{
    [Fact]
    public void Finest_TwoGroups_AreApart()
    {
        var rows = Tensors.Matrix([1, 0], [0.9f, 0.1f], [0, 1], [0.1f, 0.9f], [0.95f, 0]);

        var clusters = Finch.Finest(FirstNeighbours.Of(rows, RowDistance.Cosine));

        Assert.Equal([0, 0, 1, 1, 0], Tensors.Integers(clusters));
    }

    [Fact]
    public void LongestLink_RowsThatAreEachOthersNeighbour_CountsTwice()
    {
        // 0 and 1 are each other's: twice 1; 3 has the neighbour 1: 2; 0 and 3 have the same neighbour: 3
        var rows = Tensors.Matrix([0, 0], [1, 0], [3, 0]);

        var first = FirstNeighbours.Of(rows, RowDistance.Euclidean);

        Assert.Equal([1, 0, 1], Tensors.Integers(first.Neighbours));
        Assert.Equal(3, first.LongestLink(), 1e-5);
        Assert.Equal([(0, 1), (1, 0), (1, 2), (2, 1)], first.Links(longest: 2.5).Order());
    }

    [Fact]
    public void Links_EqualRows_AreLinkedAtLengthZero()
    {
        var first = FirstNeighbours.Of(Tensors.Matrix([0, 1], [0, 1], [5, 0], [5, 0]), RowDistance.Euclidean);

        Assert.Equal([(0, 1), (1, 0), (2, 3), (3, 2)], first.Links(longest: 0.01).Order());
    }

    [Fact]
    public void Links_AllTooLong_AreNone() =>
        Assert.Empty(FirstNeighbours.Of(Tensors.Matrix([0, 0], [1, 0], [3, 0]), RowDistance.Euclidean).Links(longest: 0.5));

    [Fact]
    public void Partitions_EachOne_JoinsClustersOfTheOneBefore()
    {
        var partitions = Finch.Partitions(Tensors.Normal(3, 200, 6), RowDistance.Cosine);

        Assert.True(partitions.Count > 1);
        for (var i = 1; i < partitions.Count; i++)
        {
            var pairs = Tensors.Integers(partitions[i - 1]).Zip(Tensors.Integers(partitions[i])).Distinct().ToList();
            Assert.Equal(pairs.Select(pair => pair.First).Distinct().Count(), pairs.Count);
            Assert.True(partitions[i].max().item<long>() < partitions[i - 1].max().item<long>());
        }
    }

    [Fact]
    public void Finest_OtherOrderOfTheRows_AreTheSameClusters()
    {
        var rows = Tensors.Normal(4, 50, 5);
        using var generator = new Generator(1);
        var order = randperm(50, generator: generator);

        var clusters = Finch.Finest(FirstNeighbours.Of(rows, RowDistance.Cosine)).index_select(0, order);
        var others = Finch.Finest(FirstNeighbours.Of(rows.index_select(0, order), RowDistance.Cosine));

        Assert.Equal(
            Tensors.Integers(clusters.unsqueeze(1).eq(clusters).to(int64)), Tensors.Integers(others.unsqueeze(1).eq(others).to(int64)));
    }

    [Fact]
    public void Of_MoreRowsThanOneBlock_FindsTheNearestOther()
    {
        var rows = Tensors.Normal(5, 3000, 3);   // two blocks
        var unit = Rows.Unit(rows);

        var neighbours = FirstNeighbours.Of(rows, RowDistance.Cosine).Neighbours;

        var cosines = unit.mm(unit.t()).masked_fill(eye(3000, dtype: @bool), -2);
        Tensors.AssertClose(cosines.amax([1]), cosines.gather(1, neighbours.unsqueeze(1)).squeeze(1), tolerance: 1e-6);   // of two equally near, either
    }

    [Fact]
    public void Of_OneRow_IsRefused() => Assert.Throws<ArgumentException>(() => FirstNeighbours.Of(ones(1, 3), RowDistance.Cosine));
}
