namespace Parallax.Host.Evaluation;

/// <summary>Test images whose pixels are those of a training image: a protocol that learns from one knows the other.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="TestImages">Test images that were compared.</param>
internal sealed record DuplicateImages(long Count, long TestImages)
{
    /// <summary>Compares the images of two parts.</summary>
    /// <param name="train">Hash of each training image (<see cref="Data.ContentHash"/>).</param>
    /// <param name="test">Hash of each test image.</param>
    public static DuplicateImages Of(IEnumerable<ulong> train, IReadOnlyList<ulong> test)
    {
        var known = train.ToHashSet();

        return new(test.LongCount(known.Contains), test.Count);
    }

    /// <summary>"2 of 6 test images are training images, too".</summary>
    public override string ToString() => $"{Count} of {TestImages} test images are training images, too";
}
