namespace Parallax.Plugins.Evaluators;

/// <summary>How the scores of several clips and crops of a video become those of the video.</summary>
public enum ViewAverage
{
    /// <summary>The mean of the probabilities: most protocols.</summary>
    Probabilities,

    /// <summary>The mean of the scores before the softmax: CSTP.</summary>
    Logits,
}
