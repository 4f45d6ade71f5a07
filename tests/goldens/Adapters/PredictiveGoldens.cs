using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

/// <summary>CPC v2: patches, context, directions and losses.</summary>
internal static class PredictiveGoldens
{
    [Golden("augment.patchify_overlap")]
    public static GoldenResult Patches(GoldenCase golden) => new((
        "patches", OverlappingPatches.CutAll(golden.Input("images"), (int)golden.Long("patch_size"), (int)golden.Long("stride"))));

    [Golden("layer.cpc_context")]
    public static GoldenResult Context(GoldenCase golden)
    {
        var latents = golden.Input("latents");
        var layer = new MaskedContext(latents.shape[1], golden.Long("hidden"), (int)golden.Long("num_blocks"));
        layer.load_state_dict(layer.state_dict().Keys.ToDictionary(name => name, name => golden.Input(Renamed(name)).detach()));
        return new(("context", layer.call(latents)));

        // blocks.0.conv1.weight is block0_conv1_w
        static string Renamed(string name) => name.Split('.') is [_, var block, var layer, var kind] ? $"block{block}_{layer}_{kind[0]}" : name;
    }

    [Golden("layer.cpc_directions")]
    public static GoldenResult Directions(GoldenCase golden) =>
        new(("directions", torch.stack([.. Enumerable.Range(0, 4).Select(turns => GridPredictor.Turned(golden.Input("latents"), turns))])));

    [Golden("loss.cpc")]
    public static GoldenResult Loss(GoldenCase golden) => golden.Text("mode") switch
    {
        "single_offset" => new(("loss", CPCLoss.AmongAll(
            golden.Double("embed_scale") * golden.Input("preds"), golden.Input("targets"), golden.Input("targets"), (int)golden.Long("row_offset")))),
        "multi_offset" => ManyOffsets(golden),
        _ => Sampled(golden),
    };

    private static GoldenResult ManyOffsets(GoldenCase golden)
    {
        var targets = Linear(golden.Input("latents"), golden.Input("target_weight"), golden.Input("target_bias"));
        var perOffset = torch.stack([.. golden.Input("row_offsets").data<long>().ToArray().Select((offset, i) => CPCLoss.AmongAll(
            golden.Double("embed_scale") * Linear(golden.Input("context"), golden.Input("pred_weight")[i], golden.Input("pred_bias")[i]),
            targets, targets, (int)offset))]);
        return new(("loss", golden.Text("offset_reduction", "sum") == "mean" ? perOffset.mean() : perOffset.sum()), ("per_offset", perOffset));
    }

    // the released code predicts with maps of the codes, not of the context: its predictions are our targets
    private static GoldenResult Sampled(GoldenCase golden)
    {
        var (latents, context, skip) = (golden.Input("latents"), golden.Input("context"), golden.Long("skip_step"));
        var losses = Enumerable.Range(1, (int)golden.Long("pred_steps")).Select(step =>
        {
            var targets = Linear(latents, golden.Input("predictors")[step - 1], null);
            return CPCLoss.AmongSampled(context, targets, targets, (int)(step + skip), ImageByImage(golden.Input($"negative_index_{step}")));
        });
        return new(("loss", torch.stack([.. losses]).mean()));
    }

    // [h, W, N, K] of cells counted (row, column, image) to [N, h W K] of cells counted (image, row, column)
    private static Tensor ImageByImage(Tensor index)
    {
        var (cells, images) = (index.shape[0] * index.shape[1], index.shape[2]);
        return ((index % images * cells) + index.div(images, RoundingMode.floor)).to(torch.int64).permute(2, 0, 1, 3).flatten(1);
    }

    private static Tensor Linear(Tensor grid, Tensor weight, Tensor? bias) => torch.nn.functional.conv2d(grid, weight.unsqueeze(2).unsqueeze(3), bias);
}
