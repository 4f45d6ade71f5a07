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
            Results = [.. first.Results.Zip(faults, (result, fault) => fault is null ? With(result, Partner(result, second)!) : result)],
            Failures =
            [
                .. first.Failures,
                .. first.Results.Zip(faults).Where(pair => pair.Second is not null)
                    .Select(pair => new ProtocolFailure($"{pair.First.Protocol}, two streams", pair.Second!)),
            ],
        };
    }

    private static ProtocolResult With(ProtocolResult first, ProtocolResult second)
    {
        Dictionary<string, double> details = new(first.Result.Details)
        {
            [Second] = second.Result.Accuracy, [Both] = first.Scores!.AccuracyWith(second.Scores!),
        };

        return first with { Result = first.Result with { Details = details } };
    }

    private static string? Fault(ProtocolResult first, Measurement second)
    {
        if (Partner(first, second) is not { } partner)
        {
            return $"The second run has no number: {second.Failures.First(failure => failure.Protocol == first.Protocol).Reason}";
        }

        if (first.Scores is not { } one || partner.Scores is not { } two)
        {
            return "It trains no classifier, or one for each layer, so that there are no class probabilities to take the mean of. Take a protocol that "
                + "trains one on clips ('parallax list protocols').";
        }

        if (!one.Labels.SequenceEqual(two.Labels) || one.Values.Length != two.Values.Length)
        {
            return $"The second run was measured on other held-out videos ({two.Labels.Length}) than the first ({one.Labels.Length}), or on other classes. "
                + "Give both the same data with --set.";
        }

        return one.AreProbabilities && two.AreProbabilities ? null
            : "Its scores are no probabilities, whose mean is taken. Take a protocol that averages probabilities over clips (average: probabilities).";
    }

    private static ProtocolResult? Partner(ProtocolResult first, Measurement second) =>
        second.Results.FirstOrDefault(result => result.Protocol == first.Protocol);
}
