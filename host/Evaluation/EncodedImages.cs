namespace Parallax.Host.Evaluation;

/// <summary>What a function of images gave for those of a split, without the images that cannot be read.</summary>
/// <param name="Set">What it gave for the others, with their labels.</param>
/// <param name="Images">Images that were asked for, those that cannot be read included.</param>
/// <param name="Unreadable">The faults of those that cannot be read.</param>
/// <param name="Contents">Hash of the pixels of each of the others.</param>
/// <param name="Indices">Where each of the others is in the whole data set, rising.</param>
internal sealed record EncodedImages(
    FeatureSet Set, long Images, IReadOnlyList<CorruptSampleException> Unreadable, IReadOnlyList<ulong> Contents, IReadOnlyList<long> Indices);
