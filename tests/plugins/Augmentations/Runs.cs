using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>What augmentations are told about a run.</summary>
internal static class Runs
{
    public static RunInfo With(int channels, double[]? mean = null, double[]? std = null)
    {
        mean ??= [.. Enumerable.Repeat(0.5, channels)];
        std ??= [.. Enumerable.Repeat(0.25, channels)];
        var data = new DatasetInfo("test", DatasetSplit.Train, 10, [], channels, null, mean, std, "00000000", "embedded");

        return new(data, ImageSize: 32, BatchSize: 2, StepsPerEpoch: 5, Epochs: 1, Seed: 1);
    }
}
