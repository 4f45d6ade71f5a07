using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

/// <summary>Colours: files have rows of pixels [M, 2] where the parts take maps; a row is a map of one pixel.</summary>
internal static class ColourGoldens
{
    [Golden("augment.rgb_to_lab")]
    public static GoldenResult RgbToLab(GoldenCase golden) =>
        new(("lab", golden.Bool("normalize") ? Lab.ScaledFromRgb(golden.Input("images")) : Lab.FromRgb(golden.Input("images"))));

    [Golden("augment.lab_to_rgb")]
    public static GoldenResult LabToRgb(GoldenCase golden) => new(("rgb", Lab.ToRgb(golden.Input("lab"))));

    [Golden("target.ab_gamut_bins")]
    public static GoldenResult GamutBins(GoldenCase golden) => new(("centers", ColourBins.Centres((int)golden.Long("bin_size", 10))));

    [Golden("target.ab_soft_encode")]
    public static GoldenResult SoftEncode(GoldenCase golden) => new(("encoding", ColourClasses.Soft(
        Map(golden.Input("ab")), golden.Input("centers"), (int)golden.Long("num_neighbors"), golden.Double("sigma")).flatten(1)));

    [Golden("target.ab_hard_encode")]
    public static GoldenResult HardEncode(GoldenCase golden) =>
        new(("index", ColourClasses.Hard(Map(golden.Input("ab")), golden.Input("centers")).flatten()));

    [Golden("target.ab_annealed_mean")]
    public static GoldenResult AnnealedMean(GoldenCase golden) => new(("ab", ColourClasses.AnnealedMean(
        Map(golden.Input("logits")), golden.Input("centers"), golden.Double("temperature")).flatten(1)));

    [Golden("target.class_rebalance_weights")]
    public static GoldenResult RebalanceWeights(GoldenCase golden)
    {
        var weights = ColourWeights.OfColours(golden.Input("prior"), golden.Double("lambda_"), golden.Double("alpha"));
        return new(("weights", weights), ("pixel_weights", ColourWeights.OfPixels(weights, golden.Input("target_argmax"))));
    }

    [Golden("target.nongray_mask")]
    public static GoldenResult NonGray(GoldenCase golden) => new(("mask", ColourWeights.NonGrey(golden.Input("ab"), golden.Double("threshold"))));

    [Golden("target.hue_chroma_bins")]
    public static GoldenResult HueChromaBins(GoldenCase golden)
    {
        var (images, bins) = (golden.Input("images"), (int)golden.Long("bins"));
        var (hue, chroma) = HueChroma.Of(images);
        return new(
            ("hue", hue), ("chroma", chroma), ("hue_bin", HueChroma.Bins(hue, bins)), ("chroma_bin", HueChroma.Bins(chroma, bins)),
            ("gray", HueChroma.Grey(images).squeeze(1)));
    }

    [Golden("loss.colorization")]
    public static GoldenResult Colorization(GoldenCase golden)
    {
        var weights = golden.Input("pixel_weight");
        var mean = ColorizationLoss.Compute(golden.Input("logits"), golden.Input("target"), weights, golden.Input("nongray"));
        return new(("loss", golden.Text("reduction") == "sum_per_image" ? mean * (weights.shape[1] * weights.shape[2]) : mean));
    }

    [Golden("loss.splitbrain")]
    public static GoldenResult SplitBrain(GoldenCase golden)
    {
        var (colours, lightness) = SplitBrainLoss.Compute(
            golden.Input("logits_ab"), golden.Input("logits_l"), golden.Input("target_ab"), golden.Input("target_l"));
        return new(("loss", colours + lightness), ("loss_ab", colours), ("loss_l", lightness));
    }

    [Golden("loss.hue_chroma")]
    public static GoldenResult HueAndChroma(GoldenCase golden)
    {
        var (hueLogits, chromaLogits) = (golden.Input("hue_logits"), golden.Input("chroma_logits"));
        var weights = torch.ones(hueLogits.shape[0]);
        var (hue, chroma) = golden.Text("variant") == "hard_bins"
            ? HueChromaLoss.OfClasses(
                hueLogits, chromaLogits, (golden.Input("hue_bin"), golden.Input("chroma"), golden.Input("chroma_bin")), golden.Double("hue_scale"), weights)
            : HueChromaLoss.OfHistograms(
                hueLogits, chromaLogits, golden.Input("hue_histogram"), golden.Input("chroma_histogram"), weights, golden.Double("log_eps", 1e-5));
        return new(("loss", hue + chroma), ("hue_loss", hue), ("chroma_loss", chroma));
    }

    private static Tensor Map(Tensor rows) => rows.unsqueeze(2).unsqueeze(3);   // [M, C, 1, 1]
}
