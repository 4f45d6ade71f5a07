namespace Parallax.Host.Evaluation;

/// <summary>Features of a split, without the images that cannot be read.</summary>
/// <param name="Set">Features and labels of the others.</param>
/// <param name="Images">Images that were asked for, those that cannot be read included.</param>
/// <param name="Unreadable">The faults of those that cannot be read.</param>
internal sealed record ExtractedFeatures(FeatureSet Set, long Images, IReadOnlyList<CorruptSampleException> Unreadable);
