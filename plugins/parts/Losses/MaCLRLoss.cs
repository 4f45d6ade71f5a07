namespace Parallax.Plugins.Parts;

/// <summary>What one pathway of MaCLR gives: queries, keys of its momentum encoder, and keys of earlier batches.</summary>
/// <param name="Queries">[N, D]; normalised in the loss.</param>
/// <param name="Keys">[N, D]; row i shows the same clip as row i of the queries; normalised in the loss.</param>
/// <param name="Queue">[K, D], rows of length one, as they were before the keys of this step.</param>
public readonly record struct Pathway(Tensor Queries, Tensor Keys, Tensor Queue);

/// <summary>The terms of MaCLR: InfoNCE inside the visual pathway, and between it and the motion pathway in both directions.</summary>
/// <param name="Visual">Visual queries against visual keys, [].</param>
/// <param name="VisualToMotion">Visual queries against motion keys, [].</param>
/// <param name="MotionToVisual">Motion queries against visual keys, [].</param>
/// <param name="Motion">Motion queries against motion keys, []; null where it is left out.</param>
/// <remarks>
/// Xiao et al., "MaCLR: Motion-aware Contrastive Learning of Representations for Videos", ECCV 2022, https://arxiv.org/abs/2106.09703. Negatives are those of
/// the key's pathway, so that no term can tell the pathways apart instead of the videos. The last term is off by default in the authors' options.
/// </remarks>
public sealed record MaCLRLoss(Tensor Visual, Tensor VisualToMotion, Tensor MotionToVisual, Tensor? Motion)
{
    /// <summary>Computes the terms.</summary>
    /// <param name="visual">The pathway that is kept.</param>
    /// <param name="motion">The pathway that sees motion.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <param name="withMotion">Whether motion queries are also contrasted with motion keys.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static MaCLRLoss Of(Pathway visual, Pathway motion, double temperature, bool withMotion)
    {
        return new(Term(visual, visual), Term(visual, motion), Term(motion, visual), withMotion ? Term(motion, motion) : null);

        Tensor Term(Pathway queries, Pathway keys) => InfoNCELoss.Compute(queries.Queries, keys.Keys, keys.Queue, temperature);   // []
    }

    /// <summary>The sum, [].</summary>
    /// <param name="crossWeight">Weight of the two terms between the pathways.</param>
    public Tensor Weighted(double crossWeight)
    {
        var sum = Visual + (crossWeight * (VisualToMotion + MotionToVisual));   // []

        return Motion is null ? sum : sum + Motion;
    }
}
