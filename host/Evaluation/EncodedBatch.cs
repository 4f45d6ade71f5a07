namespace Parallax.Host.Evaluation;

/// <summary>What a function of images gave for some of a split that follow each other.</summary>
/// <param name="First">Index of the first of them.</param>
/// <param name="Images">How many there are, those that cannot be read included.</param>
/// <param name="Features">[n, F] float32 on the CPU for those that can be read, which whoever takes the batch disposes; null where none can.</param>
/// <param name="Indices">Index of each of these in the split.</param>
/// <param name="Contents">Hash of the pixels of each of these.</param>
/// <param name="Faults">Why the others cannot be read, by index.</param>
internal sealed record EncodedBatch(
    long First, int Images, Tensor? Features, IReadOnlyList<long> Indices, IReadOnlyList<ulong> Contents,
    IReadOnlyDictionary<long, CorruptSampleException> Faults);
