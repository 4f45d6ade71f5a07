using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Training;

namespace Parallax.Host.Evaluation;

/// <summary>A quick look at the features every few epochs, on a part of the data. When it fails, it says so once and is over; training goes on.</summary>
internal sealed class OnlineEvaluation(string protocol, ProtocolRunner runner, IImageDataset test, ILogger logger) : IDisposable
{
    private bool _hasFailed, _toldLeftOut;

    public string Protocol => protocol;

    /// <summary>The images it is measured on.</summary>
    public DatasetInfo Data => test.Info;

    /// <summary>True when the last measurement was the best so far.</summary>
    public bool IsBest { get; private set; }

    /// <summary>Held-out images of a measurement: a fifth of the labelled ones; 0 takes all.</summary>
    public static int TestSamples(EvaluationOptions options) => options.OnlineSamples == 0 ? 0 : Math.Max(1, options.OnlineSamples / 5);

    /// <summary>Measures when an epoch is due; null otherwise. Remembers the best accuracy in the session.</summary>
    public double? Measure(TrainingSession session)
    {
        var options = session.Configuration.Evaluation;
        IsBest = false;
        if (_hasFailed || (session.Position.Epoch % options.OnlineEveryEpochs != 0 && session.Position.Step < session.TotalSteps))
        {
            return null;
        }

        var measured = Run(session, options);
        if (measured.Failures is [var failure])
        {
            _hasFailed = true;
            logger.LogWarning(failure.Cause, "evaluation.online: the protocol '{Protocol}' has failed and is left out from here on; training goes "
                + "on.", protocol);

            return null;
        }

        var accuracy = measured.Results[0].Result.Accuracy;
        IsBest = session.BestAccuracy is not { } best || accuracy > best;
        if (IsBest)
        {
            session.BestAccuracy = accuracy;
        }

        return accuracy;
    }

    private Measurement Run(TrainingSession session, EvaluationOptions options)
    {
        try
        {
            using var scope = torch.NewDisposeScope();
            var bank = FeatureExtractor.Features(session, session.Data, options.OnlineSamples);
            var queries = FeatureExtractor.Features(session, test, TestSamples(options));
            Tell(LeftOutImages.Of(bank, queries));

            return runner.Run(bank.Set, queries.Set);
        }
        catch (Exception e) when (ProtocolFailure.Covers(e))
        {
            return new([], [ProtocolFailure.Of(protocol, e)]);
        }
    }

    public void Dispose() => test.Dispose();

    // Once: the same images are left out after every epoch.
    private void Tell(LeftOutImages? leftOut)
    {
        if (leftOut is not null && !_toldLeftOut)
        {
            logger.LogWarning("{LeftOut} of the online evaluation, because they cannot be read.", leftOut);
            _toldLeftOut = true;
        }
    }
}
