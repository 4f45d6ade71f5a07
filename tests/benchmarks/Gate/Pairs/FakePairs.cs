namespace Parallax.Benchmarks.Tests.Gate.Pairs;

/// <summary>Rounds whose ratios are written down; the last one repeats.</summary>
internal sealed class FakePairs(params double[] ratios) : IPairs
{
    public int Rounds { get; private set; }

    public void Round(IReadOnlyList<string> names, int round, IReadOnlyDictionary<string, PairedSamples> results)
    {
        foreach (var name in names)
        {
            results[name].Add([ratios[Math.Min(Rounds, ratios.Length - 1)]], [1]);
        }

        Rounds++;
    }
}
