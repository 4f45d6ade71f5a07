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

    private static int PatchSize(GoldenCase golden) => (int)golden.Long("patch_size");
}
