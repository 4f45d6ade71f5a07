namespace Parallax.Contracts;

/// <summary>What a training step gets: the part of the batch that falls to this process and micro-batch. The trainer owns and disposes all tensors.</summary>
/// <param name="Views">One tensor per view of the plan, each [N, C, H, W] float32, or [N, C, T, H, W] for clips, normalised.</param>
/// <param name="Indices">Index of each image in the data set, [N] int64.</param>
/// <param name="Labels">Class of each image, [N] int64, -1 where unknown; null without labels. For analysis and supervised methods only.</param>
public sealed record Batch(IReadOnlyList<Tensor> Views, Tensor Indices, Tensor? Labels)
{
    /// <summary>Number of images N.</summary>
    public long Size => Indices.shape[0];

    /// <summary>How often each image stood before in the order of this epoch (<see cref="IEpochSampling"/>), [N] int64 on the CPU. Null where that is not known
    /// or 0 for all, and to be taken for 0.</summary>
    public Tensor? Repetitions { get; init; }

    /// <summary>Where the clip of each view lies in its video, [N, V, 3] float32 on the CPU: the frame at which it begins, the frames it covers, the frames of
    /// the video. Null where views are single images.</summary>
    public Tensor? Windows { get; init; }

    /// <summary>Source that each sample was cut from, [N] int64 from 0: samples of one recording have one. Null where sources are not known.</summary>
    public Tensor? Sources { get; init; }

    /// <summary>Text that describes each image, N of them; null when the data set has no captions.</summary>
    public IReadOnlyList<string>? Captions { get; init; }
}
