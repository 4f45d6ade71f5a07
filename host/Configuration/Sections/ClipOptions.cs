using System.ComponentModel.DataAnnotations;

namespace Parallax.Host.Configuration;

/// <summary>Section <c>clips</c>: the clips of a video that views and evaluations are made of. What is null is as the method says.</summary>
public sealed record ClipOptions : IValidatableObject
{
    /// <summary>Frames of a clip. Ours: the method's.</summary>
    [Range(1, 1024)]
    public int? Frames { get; init; }

    /// <summary>Frames from one taken to the next: of the video, unless <c>rate</c> is set, too. Ours: the method's.</summary>
    [Range(1, 1024)]
    public int? Stride { get; init; }

    /// <summary>Frames per second at which <c>stride</c> counts, whatever the rate of the video. SlowFast: 30. Ours: the method's.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double? Rate { get; init; }

    /// <summary>Length in seconds of the window over which the frames are spread, instead of <c>stride</c>. Ours: the method's.</summary>
    [Range(0.0, 86_400.0, MinimumIsExclusive = true)]
    public double? Seconds { get; init; }

    /// <summary>What stands for the frames that a short video does not have. Ours: as the method says.</summary>
    public ShortVideo? Short { get; init; }

    /// <summary>Clips of each video that an evaluation averages its features over: one from the middle, or several spread evenly. Ours: 1; many papers:
    /// 10.</summary>
    [Range(1, 1000)]
    public int TestClips { get; init; } = 1;

    /// <summary>Crops of each of these clips, spread evenly over the longer side. Ours: 1; many papers: 3.</summary>
    [Range(1, 10)]
    public int TestCrops { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Seconds is not null && (Stride is not null || Rate is not null))
        {
            yield return new($"clips.seconds says how long a clip is, and so does clips.{(Stride is null ? "rate" : "stride")}. Remove one of them; one that a "
                + "recipe has from another is removed with 'seconds: null'.", [nameof(Seconds)]);
        }
    }

    /// <summary>A clip with what this section says of it.</summary>
    /// <param name="clip">The method's.</param>
    public ClipSpec Change(ClipSpec clip) => clip with
    {
        Frames = Frames ?? clip.Frames,
        Stride = Stride ?? clip.Stride,
        Rate = Rate ?? (Stride is null ? clip.Rate : null),
        Seconds = Seconds ?? (Stride is null && Rate is null ? clip.Seconds : null),
        Short = Short ?? clip.Short,
    };
}
