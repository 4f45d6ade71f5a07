using System.Diagnostics;
using System.Globalization;
using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Benchmarks;

/// <summary>Time and memory of the k-means of a clustering epoch: <c>clustering [--images N] [--dim D] [--clusters K] [--iterations I]</c>.</summary>
/// <remarks>The images are random rows of length one. Time is the processor's and the wall's; memory is the peak of the process, and what of it came after the
/// rows were made.</remarks>
internal static class ClusteringClock
{
    private const int RowsAtOnce = 1 << 15;

    public static int Run(string[] args)
    {
        var (images, width) = (Number(args, "--images", 100_000), Number(args, "--dim", 256));
        var (clusters, iterations) = (Number(args, "--clusters", 1000), Number(args, "--iterations", 1));
        using var rows = Samples(images, width);
        using var process = Process.GetCurrentProcess();
        var (before, start, watch) = (process.WorkingSet64, process.TotalProcessorTime, Stopwatch.StartNew());

        var (centroids, assignments) = KMeans.ClusterAll(rows, clusters, iterations, new(1, 0, 0, RandomPurpose.Clustering));

        process.Refresh();
        var processor = process.TotalProcessorTime - start;
        var distance = KMeans.SquaredDistances(rows, centroids, assignments).mean().item<float>();
        Console.WriteLine(FormattableString.Invariant($"{images} rows of {width}, {clusters} clusters, {iterations} rounds and a last assignment:"));
        Console.WriteLine(FormattableString.Invariant(
            $"processor {processor.TotalSeconds:F1} s, wall {watch.Elapsed.TotalSeconds:F1} s, peak {Mebibytes(process.PeakWorkingSet64)}"));
        Console.WriteLine(FormattableString.Invariant($"added to what was there: {Mebibytes(process.PeakWorkingSet64 - before)}"));
        Console.WriteLine(FormattableString.Invariant($"mean squared distance {distance:F4}; {ClusterSizes.Describe(assignments, clusters)}"));

        return 0;
    }

    private static string Mebibytes(long bytes) => FormattableString.Invariant($"{bytes >> 20} MiB");

    private static Tensor Samples(int images, int width)
    {
        using var generator = new Generator(1);
        var rows = empty([images, width], dtype: float32);
        for (var start = 0; start < images; start += RowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var part = rows.narrow(0, start, Math.Min(RowsAtOnce, images - start));
            part.copy_(nn.functional.normalize(randn(part.shape, dtype: float32, generator: generator), dim: 1));
        }

        return rows;
    }

    private static int Number(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
