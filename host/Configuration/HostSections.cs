namespace Parallax.Host.Configuration;

/// <summary>Sections of a recipe that the host reads itself.</summary>
internal static class HostSections
{
    /// <summary>Records by key, in the order of the reference.</summary>
    public static IReadOnlyDictionary<string, Type> All { get; } = new Dictionary<string, Type>
    {
        ["data"] = typeof(DataOptions),
        ["clips"] = typeof(ClipOptions),
        ["backbone"] = typeof(BackboneOptions),
        ["imageModel"] = typeof(BackboneOptions),
        ["optimizer"] = typeof(OptimizerOptions),
        ["schedule"] = typeof(ScheduleOptions),
        ["trainer"] = typeof(TrainerOptions),
        ["evaluation"] = typeof(EvaluationOptions),
        ["tracking"] = typeof(TrackingOptions),
    };

    /// <summary>Sections that name a plugin, with its kind.</summary>
    public static IReadOnlyDictionary<string, PluginKind> Plugins { get; } = new Dictionary<string, PluginKind>
    {
        ["data"] = PluginKind.Dataset,
        ["method"] = PluginKind.Method,
        ["backbone"] = PluginKind.Backbone,
        ["imageModel"] = PluginKind.Backbone,
    };
}
