namespace Parallax.Plugins.Evaluators;

/// <summary>How the scores of several clips and crops of a video become those of the video.</summary>
internal enum ViewAverage
{
    /// <summary>The mean of the probabilities: most protocols.</summary>
    Probabilities,

    /// <summary>The mean of the scores before the softmax: CSTP.</summary>
    Logits,
}

/// <summary>The scores of videos from those of their views, "30 views" for example.</summary>
/// <remarks>Feichtenhofer et al., "SlowFast Networks for Video Recognition", ICCV 2019, section 4, https://arxiv.org/abs/1812.03982: 10 clips, 3 crops
/// each.</remarks>
internal static class MultiViewScores
{
    /// <summary>Averages them.</summary>
    /// <param name="logits">Scores of all views, those of a video one after the other, [V X, C].</param>
    /// <param name="views">Views X of a video.</param>
    /// <param name="average">What is averaged.</param>
    /// <returns>[V, C] float32.</returns>
    public static Tensor Of(Tensor logits, int views, ViewAverage average)
    {
        using var scope = NewDisposeScope();
        var scores = logits.to(float32);   // [V X, C]

        return (average == ViewAverage.Probabilities ? scores.softmax(1) : scores).unflatten(0, [-1, views]).mean([1]).MoveToOuterDisposeScope();   // [V, C]
    }
}
