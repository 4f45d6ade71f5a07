using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class PermutationSetTests
{
    [Theory]
    [InlineData(PermutationRule.MaxAverage, 2, 8.08)]     // the list that Noroozi and Favaro published has just these
    [InlineData(PermutationRule.MaxMin, 6, 8.019)]
    public void Greedy_HundredOfNineTiles_AreFarApart(PermutationRule rule, int min, double mean)
    {
        var set = PermutationSet.Greedy(100, 9, first: 200_000, rule);

        var rows = Rows(set);
        Assert.Distinct(rows.Select(row => string.Join(' ', row)));
        Assert.All(rows, row => Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8], row.Order()));
        Assert.Equal(min, set.Distances().Min);
        Assert.Equal(mean, set.Distances().Mean, 0.02);
    }

    [Theory]
    [InlineData(PermutationRule.MaxAverage)]
    [InlineData(PermutationRule.MaxMin)]
    public void Greedy_AllOfFourTiles_HasEachOnce(PermutationRule rule) =>
        Assert.Equal(24, Rows(PermutationSet.Greedy(24, 4, first: 7, rule)).Select(row => string.Join(' ', row)).Distinct().Count());

    [Fact]
    public void Greedy_First_IsCountedInLexicographicOrder() =>
        Assert.Equal([2, 0, 1], Rows(PermutationSet.Greedy(1, 3, first: 4, PermutationRule.MaxMin))[0]);

    [Fact]
    public void Greedy_MoreThanThereAre_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PermutationSet.Greedy(25, 4, 0, PermutationRule.MaxMin));

    [Fact]
    public void Distinct_Choices_AreDifferentAndUniform()
    {
        CounterRandom[] randoms = [.. Enumerable.Range(0, 6000).Select(image => new CounterRandom(1, 0, image, 0))];

        var chosen = Tensors.Integers(SampleChoices.Distinct(randoms, 6, 3)).Chunk(3).ToArray();

        Assert.All(chosen, row => Assert.Equal(3, row.Distinct().Count()));
        Assert.All(chosen.SelectMany(row => row).CountBy(value => value), pair => Assert.InRange(pair.Value, 2800, 3200));   // 3000, deviation 39
    }

    private static long[][] Rows(PermutationSet set) => [.. Tensors.Integers(set.ToTensor()).Chunk((int)set.ToTensor().shape[1])];
}
