using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Tracking;

namespace Parallax.Host.Evaluation;

/// <summary>What the parameters of an evaluation's run say: which weights were measured, on which data, by which protocols with which options.</summary>
internal static class EvaluationParameters
{
    private static readonly string[] Sections = ["data.", "backbone.", "clips."];
    private static readonly string[] Keys = ["method.name", "trainer.seed", "evaluation.maxTrainSamples", "evaluation.maxTestSamples"];

    /// <summary>The parameters.</summary>
    /// <param name="configuration">Of the run whose weights were measured.</param>
    /// <param name="protocols">What was measured.</param>
    /// <param name="weights">Which weights.</param>
    /// <param name="records">How the numbers came about, by protocol.</param>
    public static Dictionary<string, string> Of(
        ResolvedConfiguration configuration, IReadOnlyList<PluginChoice> protocols, MeasuredWeights weights,
        IReadOnlyDictionary<string, ProtocolRecord> records)
    {
        var parameters = configuration.Flatten()
            .Where(p => Keys.Contains(p.Key) || Sections.Any(section => p.Key.StartsWith(section, StringComparison.Ordinal)))
            .ToDictionary(p => p.Key, p => p.Value);
        foreach (var protocol in protocols.Where(p => p.Options is not null))
        {
            foreach (var (key, value) in OptionsTree.Flatten(OptionsTree.FromRecord(protocol.Options!)))
            {
                parameters[$"evaluation.{protocol.Name}.{key}"] = value;
            }
        }

        foreach (var (protocol, record) in records)
        {
            parameters[$"protocol.{protocol}.version"] = record.Version.ToString(CultureInfo.InvariantCulture);
            parameters[$"protocol.{protocol}.options"] = record.Options;
            parameters[$"protocol.{protocol}.chosen_by"] = record.ChosenBy;
            if (record.ImagesHash is { } images)
            {
                parameters[$"protocol.{protocol}.images_hash"] = images;
            }
        }

        parameters["evaluation.protocols"] = string.Join(',', protocols.Select(p => p.Name));
        parameters["weights"] = weights.Kind;
        parameters["weights.step"] = weights.Step.ToString(CultureInfo.InvariantCulture);
        if (weights.RunId is { } run)
        {
            parameters["weights.run"] = run;
        }

        if (weights.Hash is { } hash)
        {
            parameters["weights.hash"] = hash;
        }

        if (weights.File is { } file)
        {
            parameters[LaterNumber.FileParameter] = Path.GetFullPath(file);
        }

        if (weights.SecondFile is { } second)
        {
            parameters[LaterNumber.SecondFileParameter] = Path.GetFullPath(second);
        }

        return parameters;
    }
}

/// <summary>The weights that an evaluation measured.</summary>
/// <param name="Kind"><c>evaluation</c> for trained ones, <c>random-features</c> for untrained ones: the kind of the run.</param>
/// <param name="Step">Optimizer steps they had.</param>
/// <param name="RunId">The run that trained them; null when there is none.</param>
/// <param name="File">The checkpoint they came from; null when they were in memory.</param>
/// <param name="Hash">Hash of weights and buffers.</param>
internal sealed record MeasuredWeights(string Kind, long Step, string? RunId, string? File, string? Hash)
{
    /// <summary>The checkpoint of the second of two streams; null for one.</summary>
    public string? SecondFile { get; init; }
}
