namespace Parallax.Contracts;

/// <summary>
/// Declares that a method embeds images and texts alike, so that any image can be compared with any text. Called in evaluation mode, without gradients.
/// </summary>
public interface IImageTextEncoder
{
    /// <summary>Embeds images.</summary>
    /// <param name="images">[N, C, H, W], normalised.</param>
    /// <returns>[N, D], not normalised.</returns>
    Tensor EmbedImages(Tensor images);

    /// <summary>Embeds texts.</summary>
    /// <param name="texts">N of them.</param>
    /// <returns>[N, D], not normalised.</returns>
    Tensor EmbedTexts(IReadOnlyList<string> texts);
}

/// <summary>
/// A named evaluation protocol that compares held-out images with texts, and learns nothing from labelled images; for methods that are an
/// <see cref="IImageTextEncoder"/>. The name and the options say exactly what the number means. <see cref="IEvaluationRequirements"/> is asked, too.
/// </summary>
public interface IZeroShotEvaluator
{
    /// <summary>Measures how often the text that is nearest to an image is that of its class.</summary>
    /// <param name="images">Embeddings of the held-out images, with their labels.</param>
    /// <param name="classes">Class names in label order.</param>
    /// <param name="embedTexts">Embeds texts, N to [N, D] float32 on the CPU.</param>
    EvaluationResult Evaluate(FeatureSet images, IReadOnlyList<string> classes, Func<IReadOnlyList<string>, Tensor> embedTexts);
}
