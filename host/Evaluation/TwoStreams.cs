namespace Parallax.Host.Evaluation;

/// <summary>Two-stream classification of videos: the mean of the class probabilities of two networks, one for colours and one for optical flow.</summary>
/// <remarks>Simonyan and Zisserman, "Two-Stream Convolutional Networks for Action Recognition in Videos", NIPS 2014, https://arxiv.org/abs/1406.2199, with
/// equal weights.</remarks>
internal static class TwoStreams
{
    /// <summary>Name of the accuracy of both networks together among the details of a result.</summary>
    public const string Both = "two_streams";

    /// <summary>Name of the accuracy of the second network alone among the details of a result.</summary>
    public const string Second = "second_stream";

    /// <summary>What the first network gave; results of protocols that train a classifier have the accuracies of the second network and of both among their
    /// details, or there is a failure that says why not.</summary>
    /// <param name="first">Of the first network.</param>
    /// <param name="second">Of the second one, by the same protocols.</param>
    public static Measurement Of(Measurement first, Measurement second)
    {
        var faults = first.Results.Select(result => Fault(result, second)).ToList();

        return first with
        {
            Results = [.. first.Results.Zip(faults, (result, fault) => With(result, Partner(result, second), isComparable: fault is null))],
            Failures = [.. first.Failures, .. faults.OfType<ProtocolFailure>(), .. Unpaired(first, second)],
            Notes = [.. first.Notes, .. second.Notes.Select(note => $"Second run: {note}")],
        };
    }

    private static ProtocolResult With(ProtocolResult first, ProtocolResult? second, bool isComparable)
    {
        first = first with { SecondLeftOut = second?.LeftOut };
        if (!isComparable)
        {
            return first;
        }

        Dictionary<string, double> details = new(first.Result.Details)
        {
            [Second] = second!.Result.Accuracy, [Both] = first.Scores!.AccuracyWith(second.Scores!),
        };

        return first with { Result = first.Result with { Details = details } };
    }

    // Of protocols that gave no number for the first run either.
    private static IEnumerable<ProtocolFailure> Unpaired(Measurement first, Measurement second) =>
        from failure in second.Failures
        where first.Results.All(result => result.Protocol != failure.Protocol)
        select failure with { Protocol = $"{failure.Protocol}, second run" };

    private static ProtocolFailure? Fault(ProtocolResult first, Measurement second)
    {
        var name = $"{first.Protocol}, two streams";
        if (Partner(first, second) is not { } partner)
        {
            var failure = second.Failures.First(failure => failure.Protocol == first.Protocol);

            return failure with { Protocol = name, Reason = $"The second run has no number: {failure.Reason}" };
        }

        return Reason(first, partner) is { } reason ? new(name, reason) : null;
    }

    private static string? Reason(ProtocolResult first, ProtocolResult second)
    {
        if (first.Scores is not { } one || second.Scores is not { } two)
        {
            return "It trains no classifier, or one for each layer, so that there are no class probabilities to take the mean of. Take a protocol that "
                + "trains one on clips ('parallax list protocols').";
        }

        if (!one.Indices.SequenceEqual(two.Indices))
        {
            return $"The second run was measured on other held-out videos ({two.Indices.Length}) than the first ({one.Indices.Length}); "
                + $"{one.Indices.Intersect(two.Indices).Count()} are the same. Give both the same data and evaluation.maxTestSamples with --set, and mend or "
                + "remove videos that one of them cannot read.";
        }

        if (!one.Labels.SequenceEqual(two.Labels) || one.Values.Length != two.Values.Length)
        {
            return "The held-out videos of the second run have other labels or classes than those of the first. Give both the same data with --set.";
        }

        if (one.NotFinite + two.NotFinite > 0)
        {
            return $"Scores of {one.NotFinite} of {one.Labels.Length} held-out videos in the first run and of {two.NotFinite} in the second are infinite or "
                + "not a number: the training of a classifier has diverged, or its backbone had. Lower the baseLearningRate of the protocol, or set "
                + "trainer.precision to fp32.";
        }

        return one.AreProbabilities && two.AreProbabilities ? null
            : "Its scores are no probabilities, whose mean is taken. Take a protocol that averages probabilities over clips (average: probabilities).";
    }

    private static ProtocolResult? Partner(ProtocolResult first, Measurement second) =>
        second.Results.FirstOrDefault(result => result.Protocol == first.Protocol);
}
