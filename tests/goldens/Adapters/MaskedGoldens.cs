using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class MaskedGoldens
{
    [Golden("layer.patchify")]
    public static GoldenResult Patchify(GoldenCase golden) =>
        new(("patches", PatchPixels.Split(golden.Input("images"), PatchSize(golden))));

    [Golden("layer.unpatchify")]
    public static GoldenResult Unpatchify(GoldenCase golden) =>
        new(("images", PatchPixels.Join(golden.Input("patches"), PatchSize(golden))));

    [Golden("layer.mae_decoder_input")]
    public static GoldenResult DecoderInput(GoldenCase golden)
    {
        var latent = golden.Input("latent");
        var patches = MaskedAutoencoderDecoder.Unshuffle(
            latent.narrow(1, 1, latent.shape[1] - 1), golden.Input("mask_token"), golden.Input("ids_restore"));
        var tokens = cat([latent.narrow(1, 0, 1), patches], 1) + golden.Input("decoder_pos_embed");
        return new(("tokens", tokens), ("loss", (tokens * golden.Input("probe")).sum()));
    }

    [Golden("loss.mae")]
    public static GoldenResult MAE(GoldenCase golden)
    {
        var pixels = PatchPixels.Split(golden.Input("images"), PatchSize(golden));
        var target = golden.Bool("norm_pix") ? PatchPixels.NormaliseEach(pixels) : pixels;
        return new(("loss", HiddenPatchLoss.Compute(golden.Input("pred"), target, golden.Input("mask"))));
    }

    [Golden("loss.supmae")]
    public static GoldenResult SupMAE(GoldenCase golden)
    {
        var reconstruction = HiddenPatchLoss.Compute(golden.Input("pred"), golden.Input("target"), golden.Input("mask"));
        var classes = golden.Double("cls_loss_ratio") * F.cross_entropy(golden.Input("logits"), golden.Input("labels"));
        return new(("loss_rec", reconstruction), ("loss_cls_weighted", classes), ("loss", reconstruction + classes));
    }

    [Golden("loss.rmae")]
    public static GoldenResult RMAE(GoldenCase golden)
    {
        var (visible, hidden, target, mask) = (golden.Input("dec_visible"), golden.Input("dec_hidden"), golden.Input("target"), golden.Input("mask"));
        var (similarity, reconstruction) = (HiddenPatchLoss.Compute(visible, hidden, mask), HiddenPatchLoss.Compute(hidden, target, mask));
        return new(("loss_sim", similarity), ("loss_rec", reconstruction), ("loss", similarity + (golden.Double("rec_weight") * reconstruction)));
    }

    [Golden("target.hog")]
    public static GoldenResult OrientedGradients(GoldenCase golden)
    {
        var cell = (int)golden.Long("pool");
        var histograms = new OrientedGradients((int)golden.Long("nbins"), cell, (int)golden.Long("gaussian_window")).Of(golden.Input("image"));
        return new(("hog", histograms), ("tokens", Plugins.Parts.OrientedGradients.Rows(histograms, PatchSize(golden) / cell)));
    }

    [Golden("loss.maskfeat")]
    public static GoldenResult MaskFeat(GoldenCase golden)
    {
        var prediction = golden.Input("pred");
        return new(("loss", HiddenPatchLoss.Compute(prediction.narrow(1, 1, prediction.shape[1] - 1), golden.Input("target"), golden.Input("mask"))));
    }

    private static int PatchSize(GoldenCase golden) => (int)golden.Long("patch_size");
}
