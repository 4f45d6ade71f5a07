using System.Text;
using System.Text.Json.Nodes;

namespace Parallax.Host.Configuration;

/// <summary>The page of a method in the documentation: paper, what it computes and declares, options, recipes, what was measured. All of it from the plugin and
/// the files beside.</summary>
internal static class MethodPage
{
    private static readonly (Type Contract, string Text)[] Declarations =
    [
        (typeof(IMomentumPairs), "Momentum encoder: the trainer copies, freezes and averages it."),
        (typeof(IGathered), "Exchange between processes: rows of the whole batch, or means over it."),
        (typeof(IParameterGroups), "Rules for some parameters: learning rate, weight decay, momentum, when they begin to learn, or when they are made new."),
        (typeof(IEpochPhase), "Work over the whole data set before epochs."),
        (typeof(IEpochSampling), "Chooses the images of each epoch, if its options ask for that: some stand there several times, some not at all."),
        (typeof(IPositiveSampling), "Makes some views of an image of another one, its positive, which it chooses for each epoch."),
        (typeof(IClassifier), "Trains a classifier of its own, which a protocol can measure."),
        (typeof(IBatchCoupled), "Its loss couples the images of a batch: accumulating micro-batches is not the same as one large batch."),
    ];

    /// <summary>Writes the page of a method as Markdown.</summary>
    /// <param name="method">The plugin.</param>
    /// <param name="recipes">Folder of recipes.</param>
    /// <param name="leaderboards">Folder with the JSON of leaderboards; it need not exist.</param>
    /// <remarks>Links are those of a page in <c>docs/methods</c>.</remarks>
    public static string Write(PluginDescriptor method, string recipes, string leaderboards)
    {
        var type = method.Type;
        var text = new StringBuilder($"# `{method.Name}`\n\n{method.Summary}\n\n");
        if (method.Paper != PaperInfo.None)
        {
            text.Append($"{method.Paper}.\n\n");
        }

        text.Append($"Kind of pretext task ([vocabulary](../vocabulary.md)): {method.TaskText}.\n\n");
        Section(text, "What it computes", XmlDocs.Remarks(type));
        Section(text, "What it declares", Declarations.Where(d => d.Contract.IsAssignableFrom(type)).Select(d => $"- {d.Text}\n"));
        Section(text, "Recipes", MethodTable.RecipesOf(method.Name, recipes)
            .Select(dataset => $"- [{method.Name}/{dataset}](../../recipes/{method.Name}/{dataset}.yaml)\n"));
        Section(text, "Measured here", Measured(method.Name, leaderboards));
        text.Append("## Options\n\nSection `method` of a recipe, beside `name`.\n\n");
        ConfigurationReference.Options(text, method.OptionsType is { } record ? OptionReference.Of(record) : []);

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Section(StringBuilder text, string heading, IEnumerable<string> lines)
    {
        var body = string.Concat(lines);
        if (body.Length > 0)
        {
            text.Append($"## {heading}\n\n{body.TrimEnd('\n')}\n\n");
        }
    }

    /// <summary>A line for each row of a method in the tables of a folder, each beside what its backbone gives without training.</summary>
    internal static IEnumerable<string> Measured(string method, string leaderboards)
    {
        string[] files = Directory.Exists(leaderboards) ? [.. Directory.EnumerateFiles(leaderboards, "*.json").Order(StringComparer.Ordinal)] : [];
        foreach (var file in files)
        {
            var board = JsonNode.Parse(File.ReadAllText(file))!;
            var results = board["results"]!.AsArray();
            var random = results.Where(r => (string)r!["method"]! == "").DistinctBy(r => (string)r!["name"]!).ToList();
            var link = $"[{(string)board["title"]!}](../leaderboards/{Path.GetFileNameWithoutExtension(file)}.md)";
            foreach (var result in results.Where(r => (string)r!["method"]! == method))
            {
                var untrained = random.Where(r => Backbone(r!) == Backbone(result!)).ToList() switch   // several where the file names no backbones
                {
                    [{ } only] => Beside(result!, only),
                    [] => "",
                    _ => "; the table has a row without training for each backbone",
                };
                yield return $"- {link}, `{(string)result!["name"]!}`: {Accuracies(result)}{untrained}.\n";
            }
        }
    }

    private static string Backbone(JsonNode result) => (string?)result["backbone"] ?? "";

    // Both measured by all protocols of the row.
    private static string Beside(JsonNode result, JsonNode untrained)
    {
        var isBetter = result["accuracy"]!.AsObject().Any(pair => untrained["accuracy"]![pair.Key] is not { } without || (double)pair.Value! > (double)without);

        return $"; without training {Accuracies(untrained)}"
            + (isBetter ? "" : ". No protocol finds it better than random weights there; see [leaderboards](../leaderboards.md)");
    }

    private static string Accuracies(JsonNode result) =>
        string.Join(", ", result["accuracy"]!.AsObject().Select(pair => FormattableString.Invariant($"{pair.Key} {100 * (double)pair.Value!:F1} %")));
}
