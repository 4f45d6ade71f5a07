using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class LayerGoldens
{
    [Golden("layer.split_batch_norm")]
    public static GoldenResult SplitBatchNorm(GoldenCase golden)
    {
        var x = golden.Input("x");
        var layer = new SplitBatchNorm2d(x.shape[1], (int)golden.Long("num_splits"), golden.Double("eps"), golden.Double("momentum"));
        layer.load_state_dict(new Dictionary<string,
            Tensor>(layer.state_dict()) { ["weight"] = golden.Input("weight").detach(), ["bias"] = golden.Input("bias").detach() });
        var y = layer.call(x);
        var state = layer.state_dict();
        return new GoldenResult(
                ("y", y), ("loss", (y * golden.Input("grad_out")).sum()), ("running_mean", state["running_mean"]), ("running_var", state["running_var"]))
            .WithLeaves(layer);
    }
}
