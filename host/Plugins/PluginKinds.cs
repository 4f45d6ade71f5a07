namespace Parallax.Host.Plugins;

/// <summary>The contract behind each kind, and the words users read for it.</summary>
public static class PluginKinds
{
    /// <summary>Kinds by the full name of their contract.</summary>
    public static IReadOnlyDictionary<string, PluginKind> ByContract { get; } = new Dictionary<string, PluginKind>
    {
        [typeof(IMethod).FullName!] = PluginKind.Method,
        [typeof(IBackbone).FullName!] = PluginKind.Backbone,
        [typeof(IAugmentation).FullName!] = PluginKind.Augmentation,
        [typeof(IDatasetSource).FullName!] = PluginKind.Dataset,
        [typeof(IEvaluator).FullName!] = PluginKind.Evaluator,
        [typeof(ILayerEvaluator).FullName!] = PluginKind.Evaluator,
        [typeof(ITrainingEvaluator).FullName!] = PluginKind.Evaluator,
        [typeof(IZeroShotEvaluator).FullName!] = PluginKind.Evaluator,
        [typeof(IClassHeadEvaluator).FullName!] = PluginKind.Evaluator,
    };

    /// <summary>One of the kind, as a message names it.</summary>
    public static string Noun(this PluginKind kind) => kind switch
    {
        PluginKind.Method => "method",
        PluginKind.Backbone => "backbone",
        PluginKind.Augmentation => "augmentation",
        PluginKind.Dataset => "data set",
        PluginKind.Evaluator => "protocol",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The word for several of the kind on the command line: <c>list methods</c>.</summary>
    public static string Plural(this PluginKind kind) => kind switch
    {
        PluginKind.Method => "methods",
        PluginKind.Backbone => "backbones",
        PluginKind.Augmentation => "augmentations",
        PluginKind.Dataset => "datasets",
        PluginKind.Evaluator => "protocols",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
