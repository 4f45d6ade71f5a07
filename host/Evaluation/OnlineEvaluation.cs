using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Experiments;

namespace Parallax.Host.Evaluation;

/// <summary>A quick look at the features every few epochs, on a part of the data. When it fails, it logs that once and is over; training goes on.</summary>
internal sealed class OnlineEvaluation(Experiment experiment, string protocol, ProtocolRunner runner, IImageDataset test) : IDisposable
{
    private readonly EvaluationOptions _options = experiment.Configuration.Evaluation;
    private readonly ILogger _logger = experiment.Logger;
    private bool _hasFailed, _hasLoggedLeftOut;

    public string Protocol => protocol;

    /// <summary>The images it is measured on.</summary>
    public DatasetInfo Data => test.Info;

    /// <summary>Held-out images of a measurement: a fifth of the labelled ones; 0 takes all.</summary>
    public static int TestSamples(EvaluationOptions options) => options.OnlineSamples == 0 ? 0 : Math.Max(1, options.OnlineSamples / 5);

    /// <summary>Measures the accuracy, a fraction, when an epoch is due; null otherwise.</summary>
    /// <param name="epochs">Epochs done.</param>
    /// <param name="isLast">Whether training has ended: always due.</param>
    /// <param name="stop">Asks to stop; a measurement changes nothing and can be repeated.</param>
    public double? Measure(int epochs, bool isLast, CancellationToken stop)
    {
        if (_hasFailed || (epochs % _options.OnlineEveryEpochs != 0 && !isLast))
        {
            return null;
        }

        var measured = Run(stop);
        if (measured.Failures is [var failure])
        {
            _hasFailed = true;
            _logger.LogWarning(
                failure.Cause, "evaluation.online: the protocol '{Protocol}' has failed and is left out from here on; training goes on.", protocol);

            return null;
        }

        return measured.Results[0].Result.Accuracy;
    }

    private Measurement Run(CancellationToken stop)
    {
        try
        {
            using var scope = torch.NewDisposeScope();
            var trunk = new TrunkFingerprint(experiment.Method.Backbone);
            var looked = runner.Looks[0];   // of the one protocol
            var bank = FeatureExtractor.Features(experiment, experiment.Data, _options.OnlineSamples, [looked.Tokens], looked.Fit, stop);
            var queries = FeatureExtractor.Features(experiment, test, TestSamples(_options), [looked.Tokens], looked.Fit, stop);
            LogOnce(LeftOutImages.Of(bank, queries, experiment.Run.HasVideos));

            return runner.Run(
                look => (bank.Sets[look.Tokens], queries.Sets[look.Tokens]),
                (_, _) => throw TakesLong(), _ => throw TakesLong(), (_, _) => throw TakesLong(), trunk.Change, stop: stop);
        }
        catch (Exception e) when (ProtocolFailure.Covers(e))
        {
            return new([], [ProtocolFailure.Of(protocol, e)]);
        }
    }

    public void Dispose() => test.Dispose();

    private InvalidOperationException TakesLong() => new($"The protocol '{protocol}' takes too long to accompany a training.");

    // Once: the same images are left out after every epoch.
    private void LogOnce(LeftOutImages? leftOut)
    {
        if (leftOut is not null && !_hasLoggedLeftOut)
        {
            _logger.LogWarning("{LeftOut} of the online evaluation, because they cannot be read.", leftOut);
            _hasLoggedLeftOut = true;
        }
    }
}
