using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>What momentum contrast of clips takes: InfoNCE, UberNCE and CoCLR.</summary>
/// <remarks>Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, https://arxiv.org/abs/2010.09709.</remarks>
public abstract record ClipQueueOptions : IRunRequirements
{
    /// <summary>What the network sees of its clips: rgb, or flow, their optical flow. The authors train both; ours: rgb.</summary>
    public Modality Modality { get; init; } = Modality.Rgb;

    /// <summary>Divisor of the cosines, positive. Authors' code: 0.07.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.07;

    /// <summary>Share of the momentum encoder kept at each step, a fraction in [0, 1). Authors' code: 0.999.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.999;

    /// <summary>Keys K in the queue, a multiple of the batch size. Authors' code: 2048 on UCF101, 16384 on Kinetics-400.</summary>
    [Range(1, 1 << 24)]
    public int QueueSize { get; init; } = 2048;

    /// <summary>Width of the head's hidden layer; 0 takes the backbone's feature width (1024 for S3D), as the authors' code.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <summary>Width D of the projections. Authors' code: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Share of the videos whose two views are different clips, a fraction in [0, 1]; those of the others show the same. Authors' code: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double OtherClipShare { get; init; } = 0.5;

    /// <summary>Share of the views whose colours are changed where the clips differ, a fraction in [0, 1]; where both views show the same clip one of them is.
    /// Authors' code: 0.3.</summary>
    [Range(0.0, 1.0)]
    public double ColorShare { get; init; } = 0.3;

    /// <inheritdoc/>
    public virtual IEnumerable<string> Faults(RunInfo run) => FeatureQueue.Faults(QueueSize, run.BatchSize);

    /// <inheritdoc/>
    public virtual IEnumerable<string> Notes(RunInfo run) => [];
}
