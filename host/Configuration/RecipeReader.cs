using Microsoft.Extensions.Logging;
using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Configuration;

/// <summary>Turns a recipe and overrides into a checked configuration. Reads recipes and plugin metadata, touches nothing else.</summary>
/// <param name="catalog">The plugins that recipes can name.</param>
/// <param name="logger">Is told, once each, which recipes are named as they were before they moved.</param>
public sealed class RecipeReader(PluginCatalog catalog, ILogger<RecipeReader>? logger = null)
{
    private static readonly string[] Sections =
        ["extends", "data", "clips", "method", "backbone", SectionFaults.ImageModel, "views", "optimizer", "schedule", "trainer", "evaluation", "tracking"];

    private readonly HashSet<string> _told = [];

    /// <summary>Reads a recipe file.</summary>
    /// <param name="file">Path of the recipe, or METHOD/DATASET for one that comes with the program.</param>
    /// <param name="overrides">Changes of the form <c>a.b=value</c>.</param>
    /// <exception cref="ConfigurationException">Holds every fault found.</exception>
    public ResolvedConfiguration Read(string file, IEnumerable<string> overrides) => Resolve(Load(file, RecipeFile.Places), overrides);

    /// <summary>Reads a recipe from text, for example out of a checkpoint.</summary>
    /// <param name="yaml">The recipe.</param>
    /// <param name="origin">Where it comes from, for messages.</param>
    /// <param name="overrides">Changes of the form <c>a.b=value</c>.</param>
    /// <exception cref="ConfigurationException">Holds every fault found.</exception>
    public ResolvedConfiguration ReadText(string yaml, string origin, IEnumerable<string> overrides) => Resolve(RecipeTree.Parse(yaml, origin), overrides);

    /// <summary>Reads the data set alone: of a recipe, or by its name.</summary>
    /// <param name="recipe">Path of the recipe, or METHOD/DATASET for one that comes with the program; null for a data set by its name.</param>
    /// <param name="name">Name of the data set; null takes the recipe's.</param>
    /// <param name="overrides">Changes of the form <c>a.b=value</c>.</param>
    /// <exception cref="ConfigurationException">Holds every fault found.</exception>
    internal PluginChoice ReadDataset(string? recipe, string? name, IEnumerable<string> overrides)
    {
        var faults = new List<string>();
        var tree = recipe is null ? [] : Load(recipe, RecipeFile.Places);
        if (name is not null)
        {
            tree = RecipeTree.Merge(tree, new YamlMappingNode { { "data", new YamlMappingNode { { "name", name } } } });
        }

        return DatasetOf(tree, overrides, faults);
    }

    /// <summary>A data set with some options changed.</summary>
    /// <param name="first">With the options that it begins with.</param>
    /// <param name="overrides">Changes of the form <c>data.key=value</c>.</param>
    /// <exception cref="ConfigurationException">Holds every fault found.</exception>
    internal PluginChoice ReadDataset(PluginChoice first, IEnumerable<string> overrides)
    {
        var section = RecipeTree.Merge(new YamlMappingNode { { "name", first.Name } }, first.Section());

        return DatasetOf(new YamlMappingNode { { "data", section } }, overrides, []);
    }

    private PluginChoice DatasetOf(YamlMappingNode recipe, IEnumerable<string> overrides, List<string> faults)
    {
        var tree = RecipeTree.Merge(recipe, RecipeTree.FromOverrides(overrides, faults));
        var sections = new SectionReader(tree, catalog, faults);
        var dataset = sections.Plugin("data", PluginKind.Dataset, typeof(DataOptions));
        sections.Data(dataset);

        return faults.Count == 0 && dataset is not null ? dataset : throw new ConfigurationException(faults);
    }

    /// <summary>Checks a recipe that was put together already.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="overrides">Changes of the form <c>a.b=value</c>.</param>
    /// <exception cref="ConfigurationException">Holds every fault found.</exception>
    internal ResolvedConfiguration Read(YamlMappingNode recipe, IEnumerable<string> overrides) => Resolve(recipe, overrides);

    /// <summary>Reads a file and those it extends, without a check of its keys.</summary>
    /// <param name="name">What the user wrote.</param>
    /// <param name="folders">Folders to look in, one after the other.</param>
    /// <exception cref="ConfigurationException">A file is missing, is no YAML, or extends itself.</exception>
    internal YamlMappingNode Load(string name, params IReadOnlyList<string> folders) => Load(name, folders, []);

    private YamlMappingNode Load(string name, IReadOnlyList<string> folders, IReadOnlyList<string> chain)
    {
        var file = RecipeFile.Find(name, folders, chain);
        if (file.IsMoved && _told.Add(file.Path))
        {
            logger?.LogInformation("{Name} is now {File}", name, file.Path);
        }

        var full = Path.GetFullPath(file.Path);
        if (chain.Contains(full))
        {
            throw new ConfigurationException($"{chain[^1]}: 'extends' goes in a circle: {string.Join(" -> ", chain.Append(full).Select(Path.GetFileName))}.");
        }

        var tree = RecipeTree.Parse(File.ReadAllText(full), file.Path);
        if (!tree.Children.Remove(Sections[0], out var parent))
        {
            return tree;
        }

        var origin = parent is YamlScalarNode ? $"{file.Path}, line {parent.Start.Line}: 'extends'" : $"{file.Path}: 'extends'";
        var path = RecipeTree.Text(parent) is { Length: > 0 } relative
            ? UserPath.Expand(relative, origin)
            : throw new ConfigurationException($"{origin} takes the path of another recipe, relative to this one, or METHOD/DATASET of one that comes with "
                + "Parallax.");

        return RecipeTree.Merge(Load(path, [Path.GetDirectoryName(full)!, .. RecipeFile.ShippedPlaces], [.. chain, full]), tree);
    }

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
        var backbone = sections.Plugin("backbone", PluginKind.Backbone, typeof(BackboneOptions));
        var data = sections.Data(dataset);
        var weights = sections.Shared<BackboneOptions>("backbone", backbone);
        var hasImageModel = RecipeTree.Child(tree, SectionFaults.ImageModel) is not (null or YamlScalarNode { Value: "" or "null" or "~" });
        var imageModel = hasImageModel ? sections.Plugin(SectionFaults.ImageModel, PluginKind.Backbone, typeof(BackboneOptions)) : null;
        var imageModelSection = hasImageModel ? sections.Shared<BackboneOptions>(SectionFaults.ImageModel, imageModel) : null;
        var evaluation = sections.Evaluation(out var protocols);
        var trainer = sections.Host<TrainerOptions>("trainer");
        var optimizer = sections.Host<OptimizerOptions>("optimizer");
        var schedule = sections.Host<ScheduleOptions>("schedule");
        var tracking = sections.Host<TrackingOptions>("tracking");
        var clips = sections.Host<ClipOptions>("clips");
        var views = ViewsSection.Read(RecipeTree.Child(tree, "views"), catalog, faults);
        if (faults.Count > 0 || dataset is null || method is null || backbone is null)
        {
            throw new ConfigurationException(faults);
        }

        return new()
        {
            Data = data with { ShareSeed = data.ShareSeed ?? (data is { Share: 1, LongTail: 1 } ? 0 : trainer.Seed) },   // 0: nothing is drawn
            Trainer = trainer,
            Optimizer = optimizer,
            Schedule = schedule,
            Evaluation = evaluation,
            Tracking = tracking,
            Dataset = dataset,
            Method = method,
            Backbone = backbone,
            BackboneSection = weights,
            ImageModel = imageModel,
            ImageModelSection = imageModelSection,
            Protocols = protocols,
            Views = views,
            Clips = clips,
        };
    }
}
