using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class MoCoV3Goldens
{
    [Golden("loss.moco_v3")]
    [Golden("loss.mocov3")]
    public static GoldenResult Loss(GoldenCase golden)
    {
        var (q1, q2, k1, k2) = (golden.Input("q1"), golden.Input("q2"), golden.InputOf("k1", "k1_all"), golden.InputOf("k2", "k2_all"));
        var temperature = golden.Double("temperature");
        var own = arange(q1.shape[0], dtype: int64) + (golden.Long("rank", 0) * q1.shape[0]);
        return new(("loss", MoCoV3Loss.Compute(q1, k2, own, temperature) + MoCoV3Loss.Compute(q2, k1, own, temperature)));
    }

    [Golden("loss.sdssl_moco_v3")]
    public static GoldenResult Layered(GoldenCase golden)
    {
        var (k1, k2) = (golden.Input("k1"), golden.Input("k2"));   // the keys of out1 are k1: the file has swapped the views already
        var temperature = golden.Double("temperature");
        var own = arange(k1.shape[0], dtype: int64);
        var intermediate = MoCoV3Loss.Compute(golden.Input("mid1"), k1, own, temperature) + MoCoV3Loss.Compute(golden.Input("mid2"), k2, own, temperature);
        var last = MoCoV3Loss.Compute(golden.Input("out1"), k1, own, temperature) + MoCoV3Loss.Compute(golden.Input("out2"), k2, own, temperature);
        return new(("loss_mid", intermediate), ("loss_out", last), ("loss", last + (golden.Double("ratio") * intermediate)));
    }

    [Golden("layer.moco_v3_mlp")]
    public static GoldenResult Head(GoldenCase golden)
    {
        var layers = (int)golden.Long("num_layers");
        var (first, last) = (golden.Input("0.weight"), golden.Input($"{3 * (layers - 1)}.weight"));
        var head = MoCoV3Head.Create(first.shape[1], first.shape[0], last.shape[0], layers, golden.Bool("last_bn"));
        head.load_state_dict(head.state_dict()
            .ToDictionary(entry => entry.Key, entry => golden.HasInput(entry.Key) ? golden.Input(entry.Key).detach() : entry.Value));
        var y = head.call(golden.Input("x"));
        return new GoldenResult(("y", y), ("loss", (y * golden.Input("probe")).sum()))
            .WithLeaves(head);
    }
}
