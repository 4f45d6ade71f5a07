using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Tracking;

namespace Parallax.Host.Export;

/// <summary>
/// Writes the backbone of an experiment as an MLflow model: a folder that MLflow's Python client loads and serves. The features of its ONNX model are
/// compared with those of the backbone.
/// </summary>
/// <remarks>https://mlflow.org/docs/latest/ml/model/, flavours <c>onnx</c> and <c>python_function</c>.</remarks>
internal sealed class ModelExport(ExperimentFactory experiments, TimeProvider time)
{
    /// <summary>Name of the weights beside the ONNX model.</summary>
    public const string WeightsName = "backbone.safetensors";

    private static readonly Dictionary<string, object> _unchanged = [];

    /// <summary>Writes the folder; one that is there is replaced.</summary>
    /// <param name="experiment">Its backbone is written, in float32; it stays as it is.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="runId">The run that trained it.</param>
    /// <param name="step">Optimizer steps that were trained.</param>
    /// <param name="recipe">The recipe, as YAML.</param>
    /// <param name="compared">Images or clips that are compared, where there are so many.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ConfigurationException">The backbone has no ONNX model, or one that gives other features, or the disk does not take it.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop; nothing is left of the folder.</exception>
    public ModelFolder Write(Experiment experiment, string folder, string runId, long step, string recipe, int compared, CancellationToken stop = default)
    {
        var unfinished = $"{folder}.{Environment.ProcessId}.unfinished";
        UnfinishedFiles.Add(Path.GetFullPath(unfinished));
        try
        {
            Directory.CreateDirectory(unfinished);
            var model = Fill(experiment, unfinished, runId, step, recipe, compared, stop);
            stop.ThrowIfCancellationRequested();
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            Directory.Move(unfinished, folder);

            return model with { Path = folder };
        }
        catch (Exception e) when (RunFile.IsOfTheDisk(e))
        {
            throw new ConfigurationException($"The model {folder} cannot be written: {RunFile.Reason(e)} Make room on that disk, or correct its permissions.");
        }
        finally
        {
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }

            UnfinishedFiles.Forget(Path.GetFullPath(unfinished));
        }
    }

    private ModelFolder Fill(Experiment experiment, string folder, string runId, long step, string recipe, int compared, CancellationToken stop)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var backbone = experiments.CopyBackbone(experiment, _unchanged);
        using var module = (Module)backbone;
        module.cpu();
        module.eval();
        var digest = new TrunkFingerprint(backbone).Digest;
        List<Tensor> batches = [.. BackboneExport.Samples(experiment, compared, stop).Select(batch => batch.cpu())];
        var expected = BackboneFeatures.Of(backbone, batches);   // [all N, F]
        var spread = BackboneFeatures.Spread(expected);
        var description = Describe(experiment, runId, step, recipe, batches, spread);
        new WeightFile(experiment, experiments, null).Write(Path.Combine(folder, WeightsName), With(description, WeightFile.OwnNames));
        var onnx = new OnnxFile(backbone, experiment);
        var difference = WriteModel(onnx, Path.Combine(folder, ModelFile.DataName), With(description, onnx.Name), batches, expected, stop);
        WriteRest(folder, batches[0]);
        var entry = new ModelEntry(
            Key(runId, step, digest), ModelFile.FolderName, step,   // the name in runs:/RUN_ID/NAME, where MLflow 3 finds logged models too
            time.GetUtcNow().ToUnixTimeMilliseconds(), new(null, [-1, .. batches[0].shape[1..]]), new(OnnxGraph.Features, [-1, .. expected.shape[1..]]),
            Params(experiment), Metadata(description))
        {
            Bytes = Directory.EnumerateFiles(folder).Sum(file => new FileInfo(file).Length),
        };
        File.WriteAllText(Path.Combine(folder, ModelFile.Name), ModelFile.Text(entry, runId, ModelFile.FolderName, modelId: null));

        return new(folder, entry, (int)expected.shape[0], difference, spread);
    }

    // Twice: what stays in the folder says how far it is from the backbone, and was compared too.
    private static double WriteModel(
        OnnxFile onnx, string file, Dictionary<string, string> description, IReadOnlyList<Tensor> batches, Tensor expected, CancellationToken stop)
    {
        onnx.Write(file, description);
        stop.ThrowIfCancellationRequested();
        var difference = BackboneExport.Compare(onnx, file, batches, expected);
        stop.ThrowIfCancellationRequested();
        description[ExportMetadata.LargestDifference] = difference.ToString("R", CultureInfo.InvariantCulture);
        onnx.Write(file, description);

        return Math.Max(difference, BackboneExport.Compare(onnx, file, batches, expected));
    }

    private static void WriteRest(string folder, Tensor batch)
    {
        var example = Example(batch.narrow(0, 0, 1));
        File.WriteAllBytes(Path.Combine(folder, ModelFile.ExampleName), example);
        File.WriteAllBytes(Path.Combine(folder, ModelFile.ServingName), example);   // tensors are sent to a served model in the form that examples have
        foreach (var (name, content) in ModelEnvironment.Files)
        {
            File.WriteAllText(Path.Combine(folder, name), content);
        }
    }

    /// <summary>A batch as the JSON that MLflow takes for tensors: <c>{"inputs": [[[...]]]}</c>.</summary>
    private static byte[] Example(Tensor batch)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("inputs");
            Write(json, batch.contiguous().data<float>().ToArray(), batch.shape);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<float> values, ReadOnlySpan<long> shape)
    {
        if (shape.IsEmpty)
        {
            json.WriteNumberValue(values[0]);
            return;
        }

        var part = values.Length / (int)shape[0];
        json.WriteStartArray();
        for (var start = 0; start < values.Length; start += part)
        {
            Write(json, values.Slice(start, part), shape[1..]);
        }

        json.WriteEndArray();
    }

    private static Dictionary<string, string> Describe(
        Experiment experiment, string runId, long step, string recipe, IReadOnlyList<Tensor> batches, double spread)
    {
        var description = ExportMetadata.Origin(runId, step, recipe);
        ExportMetadata.AddInput(description, experiment, batches);
        description[ExportMetadata.Spread] = spread.ToString("R", CultureInfo.InvariantCulture);

        return description;
    }

    private static Dictionary<string, string> With(Dictionary<string, string> description, string names) =>
        new(description) { [ExportMetadata.Names] = names };

    // Without the recipe, which is long and in both other files, and without what only readers of safetensors files ask for.
    private static Dictionary<string, string> Metadata(Dictionary<string, string> description) => description
        .Where(entry => entry.Key != ExportMetadata.Recipe && entry.Key.StartsWith("parallax.", StringComparison.Ordinal)).ToDictionary();

    private static Dictionary<string, string> Params(Experiment experiment) => new()
    {
        ["method"] = experiment.Configuration.Method.Name,
        ["backbone"] = experiment.Configuration.Backbone.Name,
        ["dataset"] = experiment.Configuration.Dataset.Name,
    };

    private static string Key(string runId, long step, string weights) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{runId} {step} {weights}"))))[..32];
}

/// <summary>The folder of a model.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Entry">What is logged of it.</param>
/// <param name="Compared">Images or clips that were compared.</param>
/// <param name="LargestDifference">Between a feature of the backbone and that of the ONNX model.</param>
/// <param name="FeatureSpread">The largest standard deviation of a feature over what was compared.</param>
internal sealed record ModelFolder(string Path, ModelEntry Entry, int Compared, double LargestDifference, double FeatureSpread);
