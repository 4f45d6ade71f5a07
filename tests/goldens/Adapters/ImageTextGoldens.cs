using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class ImageTextGoldens
{
    [Golden("loss.flip")]
    public static GoldenResult Loss(GoldenCase golden)
    {
        var (images, texts, logScale) = (golden.Input("image_features"), golden.Input("text_features"), golden.Input("logit_scale"));
        var losses = ImageTextLoss.Compute(images, texts, logScale, arange(images.shape[0], dtype: int64));

        return new(
            ("loss", losses.Mean), ("loss_image_to_text", losses.ImageToText), ("loss_text_to_image", losses.TextToImage),
            ("scale", ImageTextLoss.Scale(logScale).squeeze()));
    }
}
