using System.Globalization;
using Parallax.Host.Data;
using Parallax.Host.Experiments;

namespace Parallax.Host.Evaluation;

/// <summary>Looks at a few held-out images twice before anything is measured: where they, or their features, are others then, a number says nothing.</summary>
internal static class SecondLook
{
    private const int Images = 8, Videos = 2;
    private const double Tolerance = 0.01;   // relative; kernels of a GPU may sum in another order, dropout is far above

    /// <summary>What is not the same the second time; null when all is, or when nothing can be looked at, which protocols tell.</summary>
    /// <param name="experiment">Its backbone computes the features.</param>
    /// <param name="held">The held-out images.</param>
    /// <param name="trunk">The backbone as it was.</param>
    /// <param name="stop">Asks to stop.</param>
    public static Exception? Fault(Experiment experiment, IImageDataset held, TrunkFingerprint trunk, CancellationToken stop)
    {
        using var scope = torch.NewDisposeScope();
        EncodedImages first, second;
        try
        {
            (first, second) = (Look(), Look());
        }
        catch (Exception e) when (ProtocolFailure.Covers(e))
        {
            return null;
        }

        var backbone = experiment.Method.Backbone.GetType().Name;
        if (!first.Contents.SequenceEqual(second.Contents))
        {
            return new ConfigurationException($"The held-out {SampleNoun.Of(held)} of '{held.Info.Location}' are not the same when they are read again: "
                + $"the data set '{experiment.Configuration.Dataset.Name}' changes them at random. It is to give them as they are; random changes are views.");
        }

        if (trunk.Change() is { } changed)
        {
            return new InvalidOperationException($"The backbone {backbone} changes itself while it computes features in evaluation mode. {changed}");
        }

        var difference = Difference(first.Set.Features, second.Set.Features);

        return difference > Tolerance
            ? new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The backbone {backbone} gives other features for the same images the "
                + $"second time in evaluation mode; they differ by {difference:P0} of their length. Nothing in it may be random there."))
            : null;

        EncodedImages Look() => FeatureExtractor.Encoded(
            experiment, held, experiment.Run.HasVideos ? Videos : Images, experiment.Method.Backbone.call, stop);
    }

    private static double Difference(Tensor first, Tensor second) =>
        (first - second).norm().to(torch.float64).item<double>() / Math.Max(first.norm().to(torch.float64).item<double>(), double.Epsilon);
}
