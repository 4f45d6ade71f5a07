namespace Parallax.Plugins.Evaluators;

/// <summary>The scores of a view of a video whose mean over all views, "30 views" for example, are the scores of the video.</summary>
/// <remarks>Feichtenhofer et al., "SlowFast Networks for Video Recognition", ICCV 2019, section 4, https://arxiv.org/abs/1812.03982: 10 clips, 3 crops
/// each.</remarks>
internal static class MultiViewScores
{
    /// <summary>What is averaged over the views.</summary>
    /// <param name="logits">Scores of views, [N, C].</param>
    /// <param name="average">Probabilities, or the scores as they are.</param>
    /// <returns>[N, C] float32.</returns>
    public static Tensor Of(Tensor logits, ViewAverage average)
    {
        using var scope = NewDisposeScope();
        var scores = logits.to(float32);   // [N, C]

        return (average == ViewAverage.Probabilities ? scores.softmax(1) : scores.clone()).MoveToOuterDisposeScope();
    }
}
