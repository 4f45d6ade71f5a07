using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Parallax.Host.Experiments;

namespace Parallax.Host.Export;

/// <summary>The backbone as an ONNX model, which ONNX Runtime reads back.</summary>
/// <param name="backbone">It is written.</param>
/// <param name="experiment">What it is of: says which images it takes.</param>
internal sealed class OnnxFile(IBackbone backbone, Experiment experiment) : IExportFormat
{
    /// <summary>The name of the format.</summary>
    public const string FormatName = "onnx";

    public string Name => FormatName;

    public string Extension => ".onnx";

    public string LikelyFault => "The WriteOnnx of one of its modules says something else than its forward: correct it, or take --format safetensors.";

    public void Write(string file, IReadOnlyDictionary<string, string> metadata)
    {
        var view = experiment.TestClips.Shapes(experiment.Data.Info.Channels, experiment.Run.ImageSize)[0];
        long[] image = view.Frames == 0 ? [view.Channels, view.Height, view.Width] : [view.Channels, view.Frames, view.Height, view.Width];
        var model = OnnxGraph.ModelOf(backbone, experiment.Configuration.Backbone.Name, image, metadata);
        using var stream = File.Create(file);
        model.WriteTo(stream);
    }

    public Tensor Features(string file, IReadOnlyList<Tensor> batches)
    {
        using var scope = torch.NewDisposeScope();
        try
        {
            using var options = new SessionOptions { IntraOpNumThreads = torch.get_num_threads(), InterOpNumThreads = 1 };
            using var session = new InferenceSession(file, options);

            return torch.cat([.. batches.Select(batch => Run(session, batch))]).MoveToOuterDisposeScope();   // [all N, F]
        }
        catch (OnnxRuntimeException e)
        {
            throw new ConfigurationException(
                $"ONNX Runtime refuses the model of {experiment.Configuration.Backbone.Name}: {e.Message.TrimEnd('.', ' ', '\n')}. A WriteOnnx of its modules "
                    + "is wrong; or take --format safetensors.");
        }
    }

    private static Tensor Run(InferenceSession session, Tensor batch)
    {
        using var how = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(batch.contiguous().data<float>().ToArray(), batch.shape);
        using var results = session.Run(how, [OnnxGraph.Input], [input], [OnnxGraph.Features]);

        return torch.tensor(results[0].GetTensorDataAsSpan<float>().ToArray()).view(results[0].GetTensorTypeAndShape().Shape);   // [N, F]
    }
}
