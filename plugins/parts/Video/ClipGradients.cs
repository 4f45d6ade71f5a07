namespace Parallax.Plugins.Parts;

/// <summary>Histograms of oriented gradients of clips, as MaskFeat predicts them for the tokens of a video.</summary>
/// <remarks>Wei et al., "Masked Feature Prediction for Self-Supervised Visual Pre-Training", CVPR 2022, https://arxiv.org/abs/2112.09133, and its code: those
/// of the first frame of each token.</remarks>
public static class ClipGradients
{
    /// <summary>The histograms of every token as one row.</summary>
    /// <param name="gradients">Bins and cells.</param>
    /// <param name="clips">[N, C, T, H, W].</param>
    /// <param name="framesPerToken">Frames that a token covers.</param>
    /// <param name="cellsPerToken">Cells per side of a token.</param>
    /// <returns>[N, T / frames L, C bins cells²] without gradients; tokens by time, row and column, values as in <see
    /// cref="OrientedGradients.Rows"/>.</returns>
    public static Tensor Rows(OrientedGradients gradients, Tensor clips, int framesPerToken, int cellsPerToken)
    {
        using var scope = NewDisposeScope();
        var first = clips.slice(2, 0, clips.shape[2], framesPerToken);                                            // [N, C, t, H, W]
        var rows = OrientedGradients.Rows(gradients.Of(FrameBatch.Of(first)), cellsPerToken);                     // [N t, L, C bins cells²]

        return rows.unflatten(0, [-1, first.shape[2]]).flatten(1, 2).MoveToOuterDisposeScope();                   // [N, t L, C bins cells²]
    }
}
