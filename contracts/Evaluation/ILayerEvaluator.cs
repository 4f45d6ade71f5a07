namespace Parallax.Contracts;

/// <summary>
/// A named evaluation protocol on frozen features that it computes itself from the backbone, such as the pooled maps of each layer. The name and the options
/// say exactly what the number means. <see cref="IEvaluationRequirements"/> is asked, too.
/// </summary>
public interface ILayerEvaluator
{
    /// <summary>Why there are no such features of a backbone. The host asks before the pretraining, too: a protocol that cannot run is told and left
    /// out.</summary>
    /// <param name="backbone">What is measured.</param>
    /// <returns>A sentence or two per fault: what there is, what was expected, what to do. Empty when all is well.</returns>
    IEnumerable<string> Faults(IBackbone backbone);

    /// <summary>Measures features.</summary>
    /// <param name="backbone">What is measured; in evaluation mode while features are computed, and never to be changed.</param>
    /// <param name="run">Gives channels and size of the images.</param>
    /// <param name="features">Computes features.</param>
    /// <param name="seed">Seed of everything random in the protocol.</param>
    EvaluationResult Evaluate(IBackbone backbone, RunInfo run, FeatureSource features, long seed);
}

/// <summary>Features of both splits, in a pass over their un-augmented images: without gradients, under the run's precision.</summary>
/// <param name="encode">From [N, C, H, W], normalised, to [N, F].</param>
/// <returns>The labelled bank, and the held-out images.</returns>
public delegate (FeatureSet Train, FeatureSet Test) FeatureSource(Func<Tensor, Tensor> encode);
