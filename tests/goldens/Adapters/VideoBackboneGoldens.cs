using Parallax.Plugins.Backbones;

namespace Parallax.Goldens;

internal static class VideoBackboneGoldens
{
    [Golden("layer.r2plus1d_midplanes")]
    public static GoldenResult Midplanes(GoldenCase golden)
    {
        var rows = golden.Input("conv");   // [n, 5]: kernel in time, rows and columns, inputs, outputs
        var middles = Enumerable.Range(0, (int)rows.shape[0]).Select(i => rows[i].data<long>().ToArray())
            .Select(row => ClipConvolution.Middle(row[0], row[1], row[2], row[3], row[4])).ToArray();

        return new(("mid", tensor(middles)));
    }

    [Golden("layer.self_gating")]
    public static GoldenResult Gate(GoldenCase golden)
    {
        var x = golden.Input("x");
        var layer = new SelfGating(x.shape[1]);
        layer.load_state_dict(new() { ["fc.weight"] = golden.Input("weight").detach(), ["fc.bias"] = golden.Input("bias").detach() });
        var y = layer.call(x);

        return new GoldenResult(("output", y), ("loss", (y * golden.Input("probe")).sum()))
            .WithLeaves(layer, name => name["fc.".Length..]);
    }
}
