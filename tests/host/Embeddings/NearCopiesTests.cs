using Parallax.Host.Embeddings;

namespace Parallax.Host.Tests.Embeddings;

public sealed class NearCopiesTests
{
    [Fact]
    public void Find_Chain_IsOneGroupWithTheNearestOfEach()
    {
        // Angles 0, 10, 20, 90 and 270 degrees: each of the first three is 10 degrees from the next.
        using var set = Set("a", [0, 10, 20, 90, 270]);

        var group = Assert.Single(NearCopies.Find(set, against: null, above: 0.98, CancellationToken.None));   // cos 10 = 0.9848, cos 20 = 0.9397

        Assert.Equal(["a0", "a1", "a2"], group.Images.Select(image => image.Name));
        Assert.All(group.Images, image => Assert.Equal(Math.Cos(Math.PI / 18), image.Cosine, 1e-6));
        Assert.All(group.Images, image => Assert.False(image.SamePixels));
    }

    [Fact]
    public void Find_SamePixels_AreAGroupWhateverTheThreshold()
    {
        using var set = Set("a", [0, 0, 90, 45], [5, 6, 7, 5]);   // the first and the last

        var groups = NearCopies.Find(set, against: null, above: 0.999, CancellationToken.None);

        Assert.Equal(["a0", "a1", "a3"], Assert.Single(groups).Images.Select(image => image.Name));   // the second is as similar as can be
        Assert.Equal([true, false, true], groups[0].Images.Select(image => image.SamePixels));
        Assert.Equal([1, 1, 1], groups[0].Images.Select(image => image.Cosine), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Find_TwoFiles_OnlyPairsBetweenThemCount()
    {
        using var train = Set("train", [0, 1, 90], [1, 2, 3]);
        using var test = Set("test", [45, 46, 91, 180], [4, 4, 5, 3]);

        var groups = NearCopies.Find(train, test, above: 0.99, CancellationToken.None);

        Assert.Equal(["train2", "test2", "test3"], Assert.Single(groups).Images.Select(image => image.Name));   // 90 and 91 degrees; the same pixels
        Assert.Equal(["train", "test", "test"], groups[0].Images.Select(image => image.File));
        Assert.Equal([true, false, true], groups[0].Images.Select(image => image.SamePixels));
    }

    [Fact]
    public void Find_NoPairWithinOrAcross_IsEmpty()
    {
        using var train = Set("train", [0, 90, 180]);
        using var test = Set("test", [45, 135]);

        Assert.Empty(NearCopies.Find(train, against: null, above: 0.95, CancellationToken.None));
        Assert.Empty(NearCopies.Find(train, test, above: 0.95, CancellationToken.None));
    }

    [Fact]
    public void Find_OnlyInTheLastOfSeveralParts_IsFound()
    {
        // A part has 2^20 numbers, 524 of 2,000 rows: rows are 0.18 degrees apart, which is too far, but the last two are the same.
        const int count = 2_000;
        using var set = Set("a", [.. Enumerable.Range(0, count).Select(row => 0.18 * Math.Min(row, count - 2))]);

        var group = Assert.Single(NearCopies.Find(set, against: null, above: Math.Cos(0.09 * Math.PI / 180), CancellationToken.None));

        Assert.Equal([$"a{count - 2}", $"a{count - 1}"], group.Images.Select(image => image.Name));
    }

    [Fact]
    public void Find_SeveralGroups_TheLargestIsFirst()
    {
        using var set = Set("a", [0, 90, 180, 180, 90, 90]);

        var groups = NearCopies.Find(set, against: null, above: 0.95, CancellationToken.None);

        Assert.Equal(["a1 a4 a5", "a2 a3"], groups.Select(group => string.Join(' ', group.Images.Select(image => image.Name))));
        Assert.Equal([1, 2], groups.Select(group => group.Group));
    }

    [Fact]
    public void Find_MoreThanAChunk_FindsTheSamePairsAsAComparisonOneByOne()
    {
        // 5,000 rows are compared in two chunks. Pairs of neighbours on a circle, too far from all others.
        const int count = 5_000;
        using var set = Set("a", [.. Enumerable.Range(0, count).Select(row => (row / 2 * 360.0 / (count / 2)) + (row % 2 * 0.001))]);

        var groups = NearCopies.Find(set, against: null, above: Math.Cos(0.09 * Math.PI / 180), CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, count / 2).Select(pair => $"a{2 * pair} a{(2 * pair) + 1}"),
            groups.Select(group => string.Join(' ', group.Images.Select(image => image.Name))));
    }

    [Fact]
    public void Find_CosineOfOne_IsReachedByRowsThatAreTheSameUpToRounding()
    {
        double[] once = [.. Enumerable.Range(0, 360).Select(degrees => (double)degrees)];
        using var set = Set("a", [.. once, .. once]);

        var groups = NearCopies.Find(set, against: null, above: 1, CancellationToken.None);

        Assert.Equal(360, groups.Count);
        Assert.All(groups, group => Assert.Equal(2, group.Images.Count));
    }

    [Fact]
    public void Neighbours_OfEachOfManyRows_AreThoseOfEachAlone()
    {
        const int count = 2_500;   // more than are compared at once; pairs as above
        using var set = Set("a", [.. Enumerable.Range(0, count).Select(row => (row / 2 * 360.0 / (count / 2)) + (row % 2 * 0.001))]);
        using var units = set.Units();

        var nearest = Neighbours.OfEach(units, k: 1, CancellationToken.None).Select(found => Assert.Single(found).Row);

        Assert.Equal(Enumerable.Range(0, count).Select(row => row ^ 1), nearest);
    }

    [Fact]
    public void Neighbours_OfARow_AreTheOthersTheNearestFirst()
    {
        using var set = Set("a", [0, 10, 30, 90, 180]);
        using var units = set.Units();
        using var query = units[1].clone();

        var found = Neighbours.Of(units, query, k: 2, own: 1);
        var all = Neighbours.Of(units, query, k: 10);
        var each = Neighbours.OfEach(units, k: 1, CancellationToken.None);

        Assert.Equal([0, 2], found.Select(neighbour => neighbour.Row));
        Assert.Equal([Math.Cos(Math.PI / 18), Math.Cos(Math.PI / 9)], found.Select(neighbour => neighbour.Similarity), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([1, 0, 2, 3, 4], all.Select(neighbour => neighbour.Row));
        Assert.Equal([1, 0, 1, 2, 3], each.Select(neighbours => Assert.Single(neighbours).Row));
    }

    // Features of length 3 in directions given in degrees.
    private static EmbeddingSet Set(string name, double[] degrees, ulong[]? contents = null)
    {
        float[] numbers = [.. degrees.SelectMany(angle => new[] { 3 * Math.Cos(angle * Math.PI / 180), 3 * Math.Sin(angle * Math.PI / 180) })
            .Select(number => (float)number)];

        return new(
            name, [.. degrees.Select((_, row) => $"{name}{row}")], [.. degrees.Select(_ => "")], contents,
            torch.tensor(numbers).view(-1, 2).DetachFromDisposeScope(), new Dictionary<string, string>());
    }
}
