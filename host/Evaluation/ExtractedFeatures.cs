namespace Parallax.Host.Evaluation;

/// <summary>Features of a split, without the images that cannot be read.</summary>
/// <param name="Sets">Features and labels of the others, by what protocols look at.</param>
/// <param name="Images">Images that were asked for, those that cannot be read included.</param>
/// <param name="Unreadable">The faults of those that cannot be read.</param>
/// <param name="Contents">Hash of the pixels of each of the others.</param>
internal sealed record ExtractedFeatures(
    IReadOnlyDictionary<FeatureTokens, FeatureSet> Sets, long Images, IReadOnlyList<CorruptSampleException> Unreadable, IReadOnlyList<ulong> Contents)
{
    /// <summary>The features that the backbone itself returns.</summary>
    public FeatureSet Set => Sets[FeatureTokens.Pooled];
}
