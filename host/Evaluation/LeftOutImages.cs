using System.Text.Json.Serialization;
using Parallax.Host.Data;

namespace Parallax.Host.Evaluation;

/// <summary>Images that an evaluation did without, because they cannot be read.</summary>
/// <param name="Train">Of the training images.</param>
/// <param name="TrainImages">Training images asked for, those left out included.</param>
/// <param name="Test">Of the test images.</param>
/// <param name="TestImages">Test images asked for, those left out included.</param>
internal sealed record LeftOutImages(long Train, long TrainImages, long Test, long TestImages)
{
    /// <summary>Whether the images are videos.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AreVideos { get; init; }

    /// <summary>What two sets of features lack; null when they are whole.</summary>
    public static LeftOutImages? Of(ExtractedFeatures train, ExtractedFeatures test, bool areVideos = false) =>
        train.Unreadable.Count + test.Unreadable.Count == 0 ? null
            : new(train.Unreadable.Count, train.Images, test.Unreadable.Count, test.Images) { AreVideos = areVideos };

    /// <inheritdoc cref="Of(ExtractedFeatures, ExtractedFeatures, bool)"/>
    public static LeftOutImages? Of(EncodedImages train, EncodedImages test, bool areVideos = false) =>
        train.Unreadable.Count + test.Unreadable.Count == 0 ? null
            : new(train.Unreadable.Count, train.Images, test.Unreadable.Count, test.Images) { AreVideos = areVideos };

    /// <summary>"1 of 6 test images left out".</summary>
    public override string ToString() => $"{string.Join(" and ", Parts())} left out";

    private IEnumerable<string> Parts()
    {
        if (Train > 0)
        {
            yield return $"{Train} of {TrainImages} training {SampleNoun.Of(AreVideos, TrainImages)}";
        }

        if (Test > 0)
        {
            yield return $"{Test} of {TestImages} test {SampleNoun.Of(AreVideos, TestImages)}";
        }
    }
}
