using System.Text.Json.Serialization;

namespace Parallax.Host.Tracking;

/// <summary>A number that <c>evaluate</c> measured on a run after its training: that of the newest finished evaluation with its protocol, on the data of the
/// run.</summary>
/// <param name="Protocol">The protocol.</param>
/// <param name="Metric">What the number is: accuracy, mAP, NMI.</param>
/// <param name="Value">The number.</param>
/// <param name="Step">Optimizer steps of the weights.</param>
/// <param name="RunId">The evaluation's own run.</param>
internal sealed record LaterNumber(
    string Protocol, string Metric, [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] double Value, long Step,
    string RunId)
{
    /// <summary>The tag of an evaluation's run that says what it is, and its value for trained weights.</summary>
    public const string KindTag = "parallax.kind", Evaluation = "evaluation";

    /// <summary>The parameter with the checkpoint that <c>evaluate</c> measured; what a training measures at its end has none. That of the second of two
    /// streams: their number is of no run alone.</summary>
    public const string FileParameter = "weights.file", SecondFileParameter = "weights.second_file";

    /// <summary>Between protocol and metric in the name of the best number on the way to that of the metric.</summary>
    public const string BestPrefix = "best_";

    private static readonly string[] DataSections = ["data.", "clips.", "evaluation.max"], Constants = ["data.mean", "data.std"];

    /// <summary>The name: the protocol, and the metric where that is not the accuracy, as a training names what it measures at its end.</summary>
    [JsonIgnore]
    public string Name => IsAccuracy ? Protocol : $"{Protocol}/{Metric}";

    /// <summary>Whether it is the share of images that were told right.</summary>
    [JsonIgnore]
    public bool IsAccuracy => Metric == EvaluationResult.TopOne;

    /// <summary>The newest number of each protocol, by name.</summary>
    /// <param name="trained">The run.</param>
    /// <param name="children">Runs that are part of it.</param>
    public static IReadOnlyList<LaterNumber> NewestOf(StoredRun trained, IEnumerable<StoredRun> children) =>
    [
        .. children.Where(run => IsLater(run) && IsOnItsData(run, LastParameters.Of(trained))).OrderByDescending(run => run.StartTime)
            .SelectMany(Numbers).DistinctBy(number => number.Protocol).OrderBy(number => number.Name, StringComparer.Ordinal),
    ];

    private static bool IsLater(StoredRun run) => run is { Status: RunStatus.Finished, IsDeleted: false }
        && run.Tags.GetValueOrDefault(KindTag) == Evaluation && run.Params.ContainsKey(FileParameter) && !run.Params.ContainsKey(SecondFileParameter);

    // Numbers of runs stand beside each other, which those of other images, or of fewer of them, must not. The normalisation follows the weights.
    private static bool IsOnItsData(StoredRun run, IReadOnlyDictionary<string, string> trained) => run.Params.All(parameter =>
        !DataSections.Any(section => parameter.Key.StartsWith(section, StringComparison.Ordinal)) || Constants.Contains(parameter.Key)
        || trained.GetValueOrDefault(parameter.Key) is not { } value || value == parameter.Value);

    // A protocol's number is what has a best one beside it; the others are details of it.
    private static IEnumerable<LaterNumber> Numbers(StoredRun run) =>
        from point in run.Metrics.Values
        let place = point.Key.IndexOf('/', StringComparison.Ordinal)
        where place > 0
        let protocol = point.Key[..place]
        let metric = point.Key[(place + 1)..]
        where run.Metrics.ContainsKey($"{protocol}/{BestPrefix}{metric}")
        select new LaterNumber(protocol, metric, point.Value, point.Step, run.RunId);
}
