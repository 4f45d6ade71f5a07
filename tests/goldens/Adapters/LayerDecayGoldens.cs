using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class LayerDecayGoldens
{
    private const long NormDimensions = 1, KernelDimensions = 4;

    [Golden("schedule.layer_decay")]
    public static GoldenResult LayerWise(GoldenCase golden)
    {
        var names = golden.Text("names").Split(',');
        var (ids, decays) = golden.Text("scheme") switch
        {
            "mae_vit" => (LayerRules.Transformer((int)golden.Long("depth")), (Func<ParameterInfo, bool>)LayerRules.TransformerDecays),
            "convnext_single" => (LayerRules.ConvNeXt(Depths(golden), LayerGrouping.Block), LayerRules.ConvNeXtDecays),
            "convnext_group" => (LayerRules.ConvNeXt(Depths(golden), LayerGrouping.Group), LayerRules.ConvNeXtDecays),
            var other => throw new InvalidDataException($"Unknown scheme '{other}'."),
        };
        var decay = golden.Double("layer_decay");
        var parameters = names.Select((name, i) => new ParameterInfo(name, golden.HasInput("ndims") ? golden.Input("ndims")[i].item<long>()
            : name is "norm.weight" || name.EndsWith(".bias", StringComparison.Ordinal) ? NormDimensions : KernelDimensions)).ToArray();

        return new(
            ("layer_ids", torch.tensor(names.Select(name => (long)ids.Of(name)).ToArray())),
            ("lr_scales", torch.tensor(names.Select(name => (float)LayerDecay.Scale(ids.Of(name), ids.Last, decay)).ToArray())),
            ("weight_decays", torch.tensor(parameters.Select(p => decays(p) ? (float)golden.Double("weight_decay") : 0f).ToArray())));
    }

    private static int[] Depths(GoldenCase golden) =>
        Array.ConvertAll(golden.Text("depths").Split(','), part => int.Parse(part, System.Globalization.CultureInfo.InvariantCulture));
}
