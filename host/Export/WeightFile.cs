using Parallax.Host.Configuration;
using Parallax.Host.Experiments;

namespace Parallax.Host.Export;

/// <summary>The weights in a safetensors file, under the backbone's own names or a library's.</summary>
/// <param name="experiment">Its backbone is written.</param>
/// <param name="experiments">Makes another one, which reads the file.</param>
/// <param name="layout">The library's names; null: the backbone's own.</param>
internal sealed class WeightFile(Experiment experiment, ExperimentFactory experiments, WeightLayout? layout) : IExportFormat
{
    /// <summary>The format of own names.</summary>
    public const string OwnNames = "safetensors";

    private static readonly Dictionary<string, object> _unchanged = [];

    public string Name => layout?.Library ?? OwnNames;

    public string Extension => ".safetensors";

    public string LikelyFault => "Something that its forward uses is not in its state dictionary, or a name of its Layouts is wrong.";

    public void Write(string file, IReadOnlyDictionary<string, string> metadata)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var tensors = ((Module)experiment.Method.Backbone).state_dict().Select(entry => layout is null
            ? entry : KeyValuePair.Create(layout.NameOf(entry.Key), layout.Shaped(entry.Key, entry.Value)));
        using var stream = File.Create(file);
        SafeTensors.Write(stream, tensors, metadata);
    }

    public Tensor Features(string file, IReadOnlyList<Tensor> batches)
    {
        using var scope = torch.NewDisposeScope();
        var fresh = experiments.CopyBackbone(experiment, _unchanged);
        using var module = (Module)fresh;
        Empty(module);
        using (var weights = BackboneWeights.Read(new BackboneOptions { Weights = file }))
        {
            weights!.Load(fresh);
        }

        module.eval();

        return BackboneFeatures.Of(fresh, batches).MoveToOuterDisposeScope();
    }

    // What the file should hold and does not would otherwise be there already.
    private static void Empty(Module module)
    {
        using var noGradients = torch.no_grad();
        foreach (var tensor in module.state_dict().Values.Where(tensor => tensor.is_floating_point()))
        {
            tensor.fill_(double.NaN);
        }
    }
}
