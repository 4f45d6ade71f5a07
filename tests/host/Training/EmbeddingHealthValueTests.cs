using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>The numbers against their definitions, in doubles and loops.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class EmbeddingHealthValueTests : IDisposable
{
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(6, 4)]    // more rows than columns
    [InlineData(3, 5)]
    [InlineData(300, 7)]  // more rows than are looked at
    public void Of_AnyRows_EqualsTheDefinitions(int count, int width)
    {
        var (embedding, positive) = (torch.randn(count, width) + 0.5, torch.randn(count, width));

        var health = EmbeddingHealth.Of(embedding, positive, targets: null)!;

        var rows = Math.Min(256, count);
        var (z, p) = (Unit(embedding, rows), Unit(positive, rows));
        Assert.Equal((rows, width), (health.Rows, health.Width));
        Assert.Equal(Enumerable.Range(0, width).Average(d => Deviation([.. z.Select(row => row[d])])) * Math.Sqrt(width), health.Spread, tolerance: 1e-4);
        var pairs = from i in Enumerable.Range(0, rows) from j in Enumerable.Range(0, rows) where i != j select Math.Exp(-2 * Distance(z[i], z[j]));
        Assert.Equal(Math.Log(pairs.Average()), health.Uniformity, tolerance: 1e-4);
        Assert.Equal(Enumerable.Range(0, rows).Average(i => Distance(z[i], p[i])), health.Alignment!.Value, tolerance: 1e-4);
        var singular = torch.linalg.svdvals(torch.tensor(z.SelectMany(row => row).ToArray()).view(rows, width)).data<double>().ToArray();
        var shares = singular.Select(value => value / singular.Sum());
        Assert.Equal(Math.Exp(-shares.Sum(share => share <= 0 ? 0 : share * Math.Log(share))), health.EffectiveRank, tolerance: 0.02);
    }

    [Fact]
    public void Of_Targets_EqualsTheDefinitions()
    {
        double[][] targets = [[0.7, 0.2, 0.1, 0], [0.25, 0.25, 0.25, 0.25], [0, 0, 0.5, 0.5]];

        var health = EmbeddingHealth.Of(torch.randn(3, 4), null,
            torch.tensor(targets.SelectMany(row => row).Select(value => (float)value).ToArray()).view(3, 4))!;

        var mean = Enumerable.Range(0, 4).Select(column => targets.Average(row => row[column])).ToArray();
        Assert.Equal(Math.Exp(Entropy(mean)) / 4, health.Usage!.Value, tolerance: 1e-4);
        Assert.Equal(targets.Average(Entropy) / Math.Log(4), health.TargetEntropy!.Value, tolerance: 1e-4);
        Assert.Equal(4, health.TargetWidth);
    }

    [Fact]
    public void Of_PositiveOfAnotherShape_HasNoAlignment() => Assert.Null(EmbeddingHealth.Of(torch.randn(4, 3), torch.randn(4, 5), null)!.Alignment);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Of_FewRows_NeedsTwo(int rows, bool shown) => Assert.Equal(shown, EmbeddingHealth.Of(torch.randn(rows, 3), null, null) is not null);

    private static double[][] Unit(Tensor values, int rows) =>
        [.. Enumerable.Range(0, rows).Select(i => values[i].to(float64).data<double>().ToArray())
            .Select(row => row.Select(value => value / Math.Sqrt(row.Sum(v => v * v))).ToArray())];

    private static double Distance(double[] a, double[] b) => a.Zip(b, (x, y) => (x - y) * (x - y)).Sum();

    private static double Deviation(double[] values) => Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2)));

    private static double Entropy(double[] shares) => -shares.Sum(share => share == 0 ? 0 : share * Math.Log(share));
}
