using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace Parallax.Host.Configuration;

/// <summary>A recipe with every value filled in and checked. What is logged and kept in checkpoints is this.</summary>
public sealed record ResolvedConfiguration
{
    /// <summary>Section <c>data</c>, without the options of the data set.</summary>
    public required DataOptions Data { get; init; }

    /// <summary>Section <c>backbone</c>, without the options of the backbone.</summary>
    public required BackboneOptions BackboneSection { get; init; }

    /// <summary>Section <c>trainer</c>.</summary>
    public required TrainerOptions Trainer { get; init; }

    /// <summary>Section <c>optimizer</c>.</summary>
    public required OptimizerOptions Optimizer { get; init; }

    /// <summary>Section <c>schedule</c>.</summary>
    public required ScheduleOptions Schedule { get; init; }

    /// <summary>Section <c>evaluation</c>, without the options of protocols.</summary>
    public required EvaluationOptions Evaluation { get; init; }

    /// <summary>Section <c>tracking</c>.</summary>
    public required TrackingOptions Tracking { get; init; }

    /// <summary>Data set.</summary>
    public required PluginChoice Dataset { get; init; }

    /// <summary>Method.</summary>
    public required PluginChoice Method { get; init; }

    /// <summary>Backbone.</summary>
    public required PluginChoice Backbone { get; init; }

    /// <summary>Section <c>imageModel</c>, without the options of the network; null where the recipe has none.</summary>
    public BackboneOptions? ImageModelSection { get; init; }

    /// <summary>The network for images that the method learns from; null where the recipe has none.</summary>
    public PluginChoice? ImageModel { get; init; }

    /// <summary>Protocols whose options the recipe gives or that it measures, by name.</summary>
    public required IReadOnlyDictionary<string, PluginChoice> Protocols { get; init; }

    /// <summary>The augmentations of each view of the recipe, in order; null takes the method's.</summary>
    public IReadOnlyList<IReadOnlyList<PluginChoice>>? Views { get; init; }

    /// <summary>Section <c>clips</c>.</summary>
    public ClipOptions Clips { get; init; } = new();

    /// <summary>The recipe written out with every key, in YAML; reading it again gives the same configuration.</summary>
    public string ToYaml() => new SerializerBuilder().WithNewLine("\n").Build().Serialize(ToTree());

    /// <summary>Every value by its full key, as a tracking store wants parameters.</summary>
    public IReadOnlyDictionary<string, string> Flatten() => OptionsTree.Flatten(ToTree()).ToDictionary(pair => pair.Key, pair => pair.Value);

    private YamlMappingNode ToTree()
    {
        var root = new YamlMappingNode
        {
            { "data", RecipeTree.Merge(OptionsTree.FromRecord(Data), Section(Dataset)) },
            { "method", Section(Method) },
            { "backbone", RecipeTree.Merge(OptionsTree.FromRecord(BackboneSection), Section(Backbone)) },
        };
        if (ImageModel is not null)
        {
            root.Add("imageModel", RecipeTree.Merge(OptionsTree.FromRecord(ImageModelSection!), Section(ImageModel)));
        }

        if (Clips != new ClipOptions())
        {
            root.Add("clips", OptionsTree.FromRecord(Clips));
        }

        if (Views is not null)
        {
            root.Add("views", ViewsSection.Write(Views));
        }

        var evaluation = OptionsTree.FromRecord(Evaluation);
        foreach (var (name, choice) in Protocols.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            evaluation.Add(name, choice.Section());
        }

        root.Add("optimizer", OptionsTree.FromRecord(Optimizer));
        root.Add("schedule", OptionsTree.FromRecord(Schedule));
        root.Add("trainer", OptionsTree.FromRecord(Trainer));
        root.Add("evaluation", evaluation);
        root.Add("tracking", OptionsTree.FromRecord(Tracking));

        return root;
    }

    private static YamlMappingNode Section(PluginChoice choice) => RecipeTree.Merge(new() { { "name", choice.Name } }, choice.Section());
}
