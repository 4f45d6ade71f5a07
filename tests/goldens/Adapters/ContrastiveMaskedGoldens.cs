using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

/// <summary>Masked methods that compare images: CMAE, MACRL and ExtreMA.</summary>
internal static class ContrastiveMaskedGoldens
{
    [Golden("loss.cmae")]
    public static GoldenResult CMAE(GoldenCase golden)
    {
        var (q, k) = (golden.Input("pred_s"), golden.Input("proj_t"));
        var pixels = PatchPixels.NormaliseEach(PatchPixels.Split(golden.Input("images"), (int)golden.Long("patch_size")));
        var contrast = golden.Double("ct_weight") * MoCoV3Loss.Compute(q, k, arange(q.shape[0], dtype: int64), golden.Double("temperature"));
        var reconstruction = golden.Double("rc_weight") * HiddenPatchLoss.Compute(golden.Input("pred_pixel"), pixels, golden.Input("mask"));
        return new(("loss_ct", contrast), ("loss_rc", reconstruction), ("loss", contrast + reconstruction));
    }

    [Golden("mask.cmae_block2")]
    public static GoldenResult CoarseMask(GoldenCase golden)
    {
        var mask = CoarseMasking.Of(golden.Input("noise"), golden.Double("mask_ratio"));
        return new(("x_masked", Tokens.Take(golden.Input("x"), mask.Visible)), ("mask", mask.Hidden), ("ids_restore", mask.Restore));
    }

    [Golden("loss.macrl")]
    public static GoldenResult MACRL(GoldenCase golden)
    {
        var queue = Rows.Unit(golden.Input("queue"));
        var contrast = InfoNCELoss.Compute(golden.Input("q"), golden.Input("k"), queue, golden.Double("temperature"));
        var (a, b) = (Reconstruction("a"), Reconstruction("b"));
        return new(("loss_ct", contrast), ("loss_rec_a", a), ("loss_rec_b", b), ("loss", contrast + (golden.Double("rec_weight") * (a + b))));

        Tensor Reconstruction(string branch) => HiddenPatchLoss.Absolute(
            golden.Input($"pred_{branch}"), golden.Input($"target_{branch}"), golden.Input($"mask_{branch}"));
    }

    [Golden("mask.extrema_disjoint")]
    public static GoldenResult DisjointMasks(GoldenCase golden) =>
        new(("ids_keep", DisjointMasking.Of(golden.Input("noise"), golden.Double("mask_ratio"), (int)golden.Long("num_masks"))));

    [Golden("loss.extrema")]
    public static GoldenResult ExtreMA(GoldenCase golden) =>
        new(("loss", BYOLLoss.Compute(golden.Input("q"), golden.Input("k").detach().repeat(golden.Long("num_masks"), 1))));
}
