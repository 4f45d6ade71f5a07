namespace Parallax.Plugins.Evaluators;

/// <summary>Retrieval of videos: whether one of the k training videos nearest to a test video has its class.</summary>
/// <remarks>Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, section 4.3, https://arxiv.org/abs/2010.09709, and its
/// code.</remarks>
internal static class RetrievalRecall
{
    /// <summary>One feature per video.</summary>
    /// <param name="clips">Features of all clips of each video, [V, X, F].</param>
    /// <param name="centred">Whether the mean over the videos is subtracted, as in the code of CoCLR and SCE; SLIC does not. Training and test videos are
    /// centred each by their own mean.</param>
    /// <returns>[V, F] float32, rows of length one.</returns>
    public static Tensor Features(Tensor clips, bool centred)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var videos = clips.to(float32).mean([1]);   // [V, F]

        return F.normalize(centred ? videos - videos.mean([0]) : videos).MoveToOuterDisposeScope();
    }

    /// <summary>The videos of the bank nearest to each query, nearest first.</summary>
    /// <param name="queries">[Q, F], rows of length one.</param>
    /// <param name="bank">[B, F], rows of length one.</param>
    /// <param name="k">How many are wanted; all of a smaller bank.</param>
    /// <param name="progress">Receives fractions in [0, 1].</param>
    /// <returns>[Q, k] int64.</returns>
    public static Tensor Nearest(Tensor queries, Tensor bank, int k, IProgress<double>? progress = null) =>
        SimilarRows.Map(queries, bank, (int)Math.Min(k, bank.shape[0]), (_, rows) => rows, progress);

    /// <summary>R@k: the share of queries of whose nearest videos at least one has their class.</summary>
    /// <param name="nearest">What <see cref="Nearest"/> gave for a k at least as large.</param>
    /// <param name="queryLabels">[Q] int64.</param>
    /// <param name="bankLabels">[B] int64.</param>
    /// <param name="k">How many of the nearest count.</param>
    /// <returns>A fraction in [0, 1].</returns>
    public static double At(Tensor nearest, Tensor queryLabels, Tensor bankLabels, int k)
    {
        using var scope = NewDisposeScope();
        var rows = nearest.narrow(1, 0, Math.Min(k, nearest.shape[1]));                                      // [Q, k]
        var found = bankLabels.index_select(0, rows.flatten()).view(rows.shape).eq(queryLabels.unsqueeze(1));   // [Q, k]

        return found.any(1).to(float64).mean().item<double>();
    }
}
