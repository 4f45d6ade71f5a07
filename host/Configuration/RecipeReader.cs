using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Configuration;

/// <summary>Turns a recipe and overrides into a checked configuration. Reads recipes and plugin metadata, touches nothing else.</summary>
/// <param name="catalog">The plugins that recipes can name.</param>
public sealed class RecipeReader(PluginCatalog catalog)
{
    private static readonly string[] Sections = ["extends", "data", "method", "backbone", "views", "optimizer", "schedule", "trainer", "evaluation", "tracking"];

    /// <summary>Reads a recipe file.</summary>
    /// <param name="file">Path of the recipe.</param>
    /// <param name="overrides">Changes of the form <c>a.b=value</c>.</param>
    /// <exception cref="ConfigurationException">Holds every fault found.</exception>
    public ResolvedConfiguration Read(string file, IEnumerable<string> overrides) => Resolve(RecipeTree.Load(file), overrides);

    /// <summary>Reads a recipe from text, for example out of a checkpoint.</summary>
    /// <param name="yaml">The recipe.</param>
    /// <param name="origin">Where it comes from, for messages.</param>
    /// <param name="overrides">Changes of the form <c>a.b=value</c>.</param>
    /// <exception cref="ConfigurationException">Holds every fault found.</exception>
    public ResolvedConfiguration ReadText(string yaml, string origin, IEnumerable<string> overrides) => Resolve(RecipeTree.Parse(yaml, origin), overrides);

    /// <summary>Checks a recipe that was put together already.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="overrides">Changes of the form <c>a.b=value</c>.</param>
    /// <exception cref="ConfigurationException">Holds every fault found.</exception>
    internal ResolvedConfiguration Read(YamlMappingNode recipe, IEnumerable<string> overrides) => Resolve(recipe, overrides);

    private ResolvedConfiguration Resolve(YamlMappingNode recipe, IEnumerable<string> overrides)
    {
        var faults = new List<string>();
        var tree = RecipeTree.Merge(recipe, RecipeTree.FromOverrides(overrides, faults));
        foreach (var key in tree.Children.Keys.Select(RecipeTree.Text).Where(key => !Sections.Contains(key)))
        {
            faults.Add(OptionsBinder.Unknown(key, "", Sections));
        }

        var sections = new SectionReader(tree, catalog, faults);
        var dataset = sections.Plugin("data", PluginKind.Dataset, typeof(DataOptions));
        var method = sections.Plugin("method", PluginKind.Method);
        var backbone = sections.Plugin("backbone", PluginKind.Backbone);
        var data = sections.Data(dataset);
        var evaluation = sections.Evaluation(out var protocols);
        var trainer = sections.Host<TrainerOptions>("trainer");
        var optimizer = sections.Host<OptimizerOptions>("optimizer");
        var schedule = sections.Host<ScheduleOptions>("schedule");
        var tracking = sections.Host<TrackingOptions>("tracking");
        var views = ViewsSection.Read(RecipeTree.Child(tree, "views"), catalog, faults);
        if (faults.Count > 0 || dataset is null || method is null || backbone is null)
        {
            throw new ConfigurationException(faults);
        }

        return new()
        {
            Data = data,
            Trainer = trainer,
            Optimizer = optimizer,
            Schedule = schedule,
            Evaluation = evaluation,
            Tracking = tracking,
            Dataset = dataset,
            Method = method,
            Backbone = backbone,
            Protocols = protocols,
            Views = views,
        };
    }
}
