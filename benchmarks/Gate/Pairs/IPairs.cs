namespace Parallax.Benchmarks.Gate;

/// <summary>Takes times of two things in turn.</summary>
internal interface IPairs
{
    /// <summary>One round, in fresh processes.</summary>
    /// <param name="names">The measurements.</param>
    /// <param name="round">Number of the round: decides which side starts.</param>
    /// <param name="results">Receives a round for each measurement.</param>
    void Round(IReadOnlyList<string> names, int round, IReadOnlyDictionary<string, PairedSamples> results);
}

/// <summary>Which of two sides comes first: AB BA BA AB, so that neither gains from a machine that becomes slower or faster.</summary>
internal static class Turns
{
    /// <summary>Samples of each side in a round.</summary>
    public const int Samples = 8;

    /// <summary>Takes samples of two sides in turn.</summary>
    /// <param name="here">Takes one of the first side.</param>
    /// <param name="there">Takes one of the other.</param>
    public static (double[] Here, double[] There) Take(Func<double> here, Func<double> there)
    {
        var (first, second) = (new double[Samples], new double[Samples]);
        for (var i = 0; i < Samples; i++)
        {
            if (IsHereFirst(i))
            {
                first[i] = here();
                second[i] = there();
            }
            else
            {
                second[i] = there();
                first[i] = here();
            }
        }

        return (first, second);
    }

    /// <summary>Whether the first side starts turn i.</summary>
    public static bool IsHereFirst(int turn) => turn % 4 is 0 or 3;
}
