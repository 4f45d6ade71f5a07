using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Parallax.Plugins.Evaluators;

/// <summary>One protocol on each layer of a backbone, a pass over the images for each: only one layer's features are in memory.</summary>
internal static class LayeredSvm
{
    /// <summary>Measures all layers.</summary>
    /// <param name="layers">The maps.</param>
    /// <param name="features">Computes features of both splits.</param>
    /// <param name="measure">The protocol.</param>
    /// <param name="logger">Told of each layer when it is measured: a pass over the images and the solving take long.</param>
    /// <returns>The result of the last layer, with the number of each layer by its name, <c>last_layer</c> and <c>best_layer_on_test</c> among its
    /// details.</returns>
    public static EvaluationResult Measure(LayerMaps layers, FeatureSource features, Func<FeatureSet, FeatureSet, EvaluationResult> measure, ILogger logger)
    {
        List<EvaluationResult> results = [];
        foreach (var layer in Enumerable.Range(0, layers.Names.Count))
        {
            using var scope = NewDisposeScope();
            var (train, test) = features(images => layers.Of(images, layer));
            results.Add(measure(train, test));
            logger.LogInformation(
                "Layer {Layer}, {Number} of {Layers}: {Metric} {Value}", layers.Names[layer], layer + 1, layers.Names.Count, results[^1].Metric,
                results[^1].Accuracy.ToString("P1", CultureInfo.InvariantCulture));
        }

        Dictionary<string, double> details = new(results[^1].Details)
        {
            ["last_layer"] = results[^1].Accuracy, ["best_layer_on_test"] = results.Max(result => result.Accuracy),
        };
        foreach (var (name, result) in layers.Names.Zip(results))
        {
            details[name] = result.Accuracy;
        }

        return results[^1] with { Details = details, Series = [.. layers.Names, .. results[^1].Series] };
    }
}
