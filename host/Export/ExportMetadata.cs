using System.Globalization;
using Parallax.Host.Experiments;

namespace Parallax.Host.Export;

/// <summary>What an exported file says about itself, so that it can be used without the run.</summary>
internal static class ExportMetadata
{
    /// <summary>Keys of what is found out while a file is written.</summary>
    public const string Recipe = "parallax.recipe", Names = "parallax.names", LargestDifference = "parallax.largest_difference",
        Spread = "parallax.feature_spread";

    /// <summary>Where the weights come from.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">Its step.</param>
    /// <param name="recipe">Its recipe, as YAML.</param>
    public static Dictionary<string, string> Origin(string runId, long step, string recipe) => new()
    {
        ["format"] = "pt",   // readers of safetensors files ask for it: tensors as PyTorch has them
        ["parallax.version"] = typeof(ExportMetadata).Assembly.GetName().Version!.ToString(3),
        ["parallax.run_id"] = runId,
        ["parallax.step"] = step.ToString(CultureInfo.InvariantCulture),
        [Recipe] = recipe,
    };

    /// <summary>Adds what the backbone is given and how that is normalised.</summary>
    /// <param name="description">Receives it.</param>
    /// <param name="experiment">With backbone and data.</param>
    /// <param name="batches">What was compared.</param>
    public static void AddInput(Dictionary<string, string> description, Experiment experiment, IReadOnlyList<Tensor> batches)
    {
        var data = experiment.Run.Data;
        description["parallax.backbone"] = experiment.Configuration.Backbone.Name;
        description["parallax.features"] = experiment.Method.Backbone.FeatureDim.ToString(CultureInfo.InvariantCulture);
        description["parallax.input_size"] = string.Join(", ", batches[0].shape[1..]);   // C, H, W; of clips C, T, H, W
        description["parallax.input_range"] = "0 to 1, then normalised by mean and std of each channel";
        description["parallax.mean"] = Numbers(data.Mean);
        description["parallax.std"] = Numbers(data.Std);
        description["parallax.compared"] = batches.Sum(batch => batch.shape[0]).ToString(CultureInfo.InvariantCulture);
    }

    private static string Numbers(IEnumerable<double> numbers) =>
        string.Join(", ", numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
}
