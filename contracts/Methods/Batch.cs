namespace Parallax.Contracts;

/// <summary>What a training step gets: the part of the batch that falls to this process and micro-batch. The trainer owns and disposes all tensors.</summary>
/// <param name="Views">One tensor per view of the plan, each [N, C, H, W] float32, normalised.</param>
/// <param name="Indices">Index of each image in the data set, [N] int64.</param>
/// <param name="Labels">Class of each image, [N] int64, -1 where unknown; null without labels. For analysis and supervised methods only.</param>
public sealed record Batch(IReadOnlyList<Tensor> Views, Tensor Indices, Tensor? Labels)
{
    /// <summary>Number of images N.</summary>
    public long Size => Indices.shape[0];

    /// <summary>Text that describes each image, N of them; null when the data set has no captions.</summary>
    public IReadOnlyList<string>? Captions { get; init; }
}
