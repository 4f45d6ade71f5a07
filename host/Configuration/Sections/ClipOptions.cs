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

    /// <summary>Where these clips begin: even (<c>testClips</c> of them), half-overlapping or back-to-back (as many as a video has room for). Ours:
    /// even.</summary>
    public TestSampling TestSampling { get; init; }

    /// <summary>Crops of each of these clips. Ours: 1; many papers: 3.</summary>
    [Range(1, 10)]
    public int TestCrops { get; init; } = 1;

    /// <summary>Where these crops lie: spread (evenly over the longer side) or corners (five with the middle, ten with their mirror images). Ours:
    /// spread.</summary>
    public TestCropPlaces TestCropPlaces { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Seconds is not null && (Stride is not null || Rate is not null))
        {
            string[] others = [.. Stride is null ? Array.Empty<string>() : ["stride"], .. Rate is null ? Array.Empty<string>() : ["rate"]];
            yield return new($"clips.seconds says how long a clip is, and so {(others.Length == 1 ? "does" : "do")} "
                + $"{string.Join(" and ", others.Select(key => $"clips.{key}"))}. Set {string.Join(" and ", others.Select(key => $"{key}: null"))}, or "
                + "seconds: null, which also removes what a recipe has from another.", [nameof(Seconds)]);
        }

        if (TestSampling is (TestSampling.HalfOverlapping or TestSampling.BackToBack) && TestClips != 1)
        {
            yield return new($"clips.testSampling is {EnumNames.Of(TestSampling)}, which takes as many clips as a video has room for, but clips.testClips is "
                + $"{TestClips}. Set testClips: 1, which leaves their number to the sampling, or testSampling: even.", [nameof(TestSampling)]);
        }

        if (TestCropPlaces == TestCropPlaces.Corners && TestCrops is not (5 or 10))
        {
            yield return new($"clips.testCropPlaces is corners, which are five crops with the one in the middle, or ten with their mirror images, but "
                + $"clips.testCrops is {TestCrops}. Set it to 5 or 10.", [nameof(TestCropPlaces)]);
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
