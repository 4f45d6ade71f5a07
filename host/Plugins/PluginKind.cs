namespace Parallax.Host.Plugins;

/// <summary>What a plugin is; follows from the contract its class implements.</summary>
public enum PluginKind
{
    /// <summary><see cref="IMethod"/>.</summary>
    Method,

    /// <summary><see cref="IBackbone"/>.</summary>
    Backbone,

    /// <summary><see cref="IAugmentation"/>.</summary>
    Augmentation,

    /// <summary><see cref="IDatasetSource"/>.</summary>
    Dataset,

    /// <summary><see cref="IEvaluator"/>, <see cref="ILayerEvaluator"/>, <see cref="ITrainingEvaluator"/>, <see cref="IZeroShotEvaluator"/> or
    /// <see cref="IClassHeadEvaluator"/>.</summary>
    Evaluator,
}
