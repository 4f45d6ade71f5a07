using Parallax.Host.Training;

namespace Parallax.Host.Evaluation;

/// <summary>A quick look at the features every few epochs, on a part of the data.</summary>
internal sealed class OnlineEvaluation(string protocol, ProtocolRunner runner, IImageDataset test) : IDisposable
{
    public string Protocol => protocol;

    /// <summary>True when the last measurement was the best so far.</summary>
    public bool IsBest { get; private set; }

    /// <summary>Measures when an epoch is due; null otherwise. Remembers the best accuracy in the session.</summary>
    public double? Measure(TrainingSession session)
    {
        var options = session.Configuration.Evaluation;
        IsBest = false;
        if (session.Position.Epoch % options.OnlineEveryEpochs != 0 && session.Position.Step < session.TotalSteps)
        {
            return null;
        }

        using var scope = torch.NewDisposeScope();
        var bank = FeatureExtractor.Features(session, session.Data, options.OnlineSamples);
        var queries = FeatureExtractor.Features(session, test, Queries(options.OnlineSamples));
        var accuracy = runner.Run(bank, queries)[0].Result.Accuracy;
        IsBest = session.BestAccuracy is not { } best || accuracy > best;
        if (IsBest)
        {
            session.BestAccuracy = accuracy;
        }

        return accuracy;
    }

    // A fifth as many as in the bank, but one at least; all where the bank has all.
    private static int Queries(int bank) => bank == 0 ? 0 : Math.Max(1, bank / 5);

    public void Dispose() => test.Dispose();
}
