namespace Parallax.Host.Evaluation;

/// <summary>What a protocol on frozen features looks at.</summary>
/// <param name="Tokens">Which features of an image.</param>
/// <param name="Fit">How the image became a square.</param>
internal readonly record struct FeatureLook(FeatureTokens Tokens, ImageFit Fit)
{
    /// <summary>The form of images that a protocol asks for.</summary>
    public static ImageFit FitOf(object evaluator) => (evaluator as IImageFitChoice)?.Fit ?? ImageFit.Crop;
}
