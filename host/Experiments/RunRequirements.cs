using Parallax.Host.Configuration;

namespace Parallax.Host.Experiments;

/// <summary>Asks plugins, and the host itself, what cannot work in a run, and tells all of it at once.</summary>
internal static class RunRequirements
{
    /// <summary>What options say before anything is built from them.</summary>
    /// <param name="configuration">The recipe.</param>
    /// <param name="run">The run.</param>
    /// <param name="catalog">Knows which other backbones a method could take.</param>
    /// <exception cref="ConfigurationException">Something cannot work: every fault, each with its key.</exception>
    public static void RequireOptions(ResolvedConfiguration configuration, RunInfo run, PluginCatalog catalog) => Throw(
    [
        .. Host(configuration, run),
        .. Backbone(configuration, catalog),
        .. ImageModel(configuration),
        .. Ask("data", configuration.Dataset.Options, run),
        .. Ask("method", configuration.Method.Options, run),
        .. Ask("backbone", configuration.Backbone.Options, run),
        .. Ask(SectionFaults.ImageModel, configuration.ImageModel?.Options, run),
    ]);

    /// <summary>What plugins, or the options of augmentations, say once they are made.</summary>
    /// <param name="parts">Each with the section of the recipe that it comes from.</param>
    /// <param name="run">The run.</param>
    /// <exception cref="ConfigurationException">Something cannot work: every fault, each with its key.</exception>
    public static void Require(IEnumerable<(string Section, object? Part)> parts, RunInfo run) =>
        Throw([.. parts.SelectMany(part => Ask(part.Section, part.Part, run))]);

    private static IEnumerable<string> Ask(string section, object? part, RunInfo run) =>
        part is not IRunRequirements asked ? [] : asked.Faults(run).Select(fault => SectionFaults.Of(section, fault));

    private static IEnumerable<string> Host(ResolvedConfiguration configuration, RunInfo run)
    {
        if (configuration.Data.EvaluationResize < run.ImageSize)
        {
            yield return $"data.evaluationResize is {configuration.Data.EvaluationResize}, but evaluations crop {run.ImageSize} pixels from it "
                + $"(data.imageSize). Set it to {run.ImageSize} or more.";
        }
    }

    private static IEnumerable<string> Backbone(ResolvedConfiguration configuration, PluginCatalog catalog)
    {
        var needed = configuration.Method.Plugin.BackboneType;
        if (!needed.IsAssignableFrom(configuration.Backbone.Plugin.Type))
        {
            var fitting = catalog.Of(PluginKind.Backbone).Where(backbone => needed.IsAssignableFrom(backbone.Type)).Select(backbone => backbone.Name);
            yield return $"backbone.name is {configuration.Backbone.Name}, but the method '{configuration.Method.Name}' needs one that implements "
                + $"{needed.Name}. Take one of: {string.Join(", ", fitting)}.";
        }
    }

    private static IEnumerable<string> ImageModel(ResolvedConfiguration configuration)
    {
        var (method, given) = (configuration.Method, configuration.ImageModel is not null);
        var wanted = method.Plugin.Type.GetConstructors()
            .SelectMany(constructor => constructor.GetParameters()).Any(parameter => parameter.ParameterType == typeof(ImageModelFactory));
        if (wanted != given)
        {
            yield return wanted
                ? $"imageModel.name is missing: the method '{method.Name}' learns from a network for images. Set it, and imageModel.weights to the file of one "
                    + "that has learned something."
                : $"imageModel.name is {configuration.ImageModel!.Name}, but the method '{method.Name}' learns from no such network. Remove the section, or "
                    + "set 'imageModel: null' where another recipe brings it.";
        }
    }

    private static void Throw(IReadOnlyList<string> faults)
    {
        if (faults.Count > 0)
        {
            throw new ConfigurationException(faults);
        }
    }
}
