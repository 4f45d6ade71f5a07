namespace Parallax.Plugins.Evaluators;

/// <summary>Settings of the retrieval protocols.</summary>
public sealed record RetrievalOptions
{
    /// <summary>Whether the mean of each set is subtracted from its features, as in the code of CoCLR and SCE; SLIC does not. CoCLR: yes.</summary>
    public bool Centred { get; init; } = true;
}

/// <summary>Retrieval of videos, or images: whether one of the k nearest of the training split has the class of a held-out one (R@k).</summary>
/// <remarks>
/// <para>Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, section 4.3, https://arxiv.org/abs/2010.09709, and its
/// code:
/// <c>retrieval-coclr</c>. <c>retrieval-slic</c> compares by the plain cosine, as Hosseini Khorasgani et al., CVPR 2022,
/// https://arxiv.org/abs/2206.12534.</para>
/// <para>The number is R@1; <c>recall_at_5</c> and so on are details, for as many neighbours as the training split has. A video's feature is the mean over the
/// clips that the section <c>clips</c> asks for; CoCLR's code takes half-overlapping ones (<c>testSampling</c>), that of SLIC ten (<c>testClips</c>). SLIC
/// looks at the output of its head, here it is the backbone's.</para>
/// </remarks>
/// <param name="options">Whether features are centred.</param>
[Plugin("retrieval-coclr", Options = typeof(RetrievalOptions), Preset = "{centred: true}", Family = "retrieval",
    Summary = "Share of videos whose nearest training video, by cosine of centred features, has their class.",
    Paper = "Self-supervised Co-training for Video Representation Learning", Authors = "Han, Xie, Zisserman", Venue = "NeurIPS", Year = 2020,
    ArXiv = "2010.09709")]
[Plugin("retrieval-slic", Options = typeof(RetrievalOptions), Preset = "{centred: false}", Family = "retrieval",
    Summary = "Share of videos whose nearest training video, by cosine, has their class.",
    Paper = "SLIC: Self-Supervised Learning with Iterative Clustering for Human Action Videos", Authors = "Hosseini Khorasgani, Chen, Shkurti",
    Venue = "CVPR", Year = 2022, ArXiv = "2206.12534")]
public sealed class Retrieval(RetrievalOptions options) : IEvaluator, IEvaluationRequirements
{
    private static readonly int[] _neighbours = [1, 5, 10, 20, 50];

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null)
    {
        FeatureSets.Require(train, test);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (bank, queries) = (Of(train), Of(test));                                    // [B, F], [Q, F]
        var nearest = RetrievalRecall.Nearest(queries, bank, _neighbours[^1], progress);   // [Q, k]
        var recalls = _neighbours.Where(k => k <= nearest.shape[1])
            .ToDictionary(k => $"recall_at_{k}", k => RetrievalRecall.At(nearest, test.Labels, train.Labels, k));

        return new(recalls["recall_at_1"], recalls["recall_at_1"], recalls) { Metric = "recall-at-1" };

        Tensor Of(FeatureSet set) => RetrievalRecall.Features(set.Features.unsqueeze(1), options.Centred);
    }
}
