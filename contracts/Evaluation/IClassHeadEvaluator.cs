namespace Parallax.Contracts;

/// <summary>
/// A named evaluation protocol on the classifier that a method itself has trained, beside its backbone; for methods that are an <see cref="IClassifier"/>, as
/// supervised and semi-supervised ones. Nothing is learned for the number. The name and the options say exactly what it means.
/// <see cref="IEvaluationRequirements"/> is asked, too.
/// </summary>
public interface IClassHeadEvaluator
{
    /// <summary>Scores of held-out images, from one look at each or several; without gradients, under the run's precision.</summary>
    /// <param name="method">Classifies; in evaluation mode, and never to be changed.</param>
    /// <param name="images">[N, C, H, W], normalised.</param>
    /// <returns>[N, classes]; the largest is the prediction.</returns>
    Tensor Score(IClassifier method, Tensor images);

    /// <summary>Measures scores.</summary>
    /// <param name="scores">Those of all held-out images, in the place of features, with their labels.</param>
    EvaluationResult Evaluate(FeatureSet scores);
}
