namespace Parallax.Contracts;

/// <summary>
/// A data set whose images have captions: the loader reads them with the images, and a step gets them as <see cref="Batch.Captions"/>.
/// <see cref="DatasetInfo.Captions"/> says where they come from. All members are thread-safe.
/// </summary>
public interface ICaptionedImages
{
    /// <summary>The text that describes an image, for example <c>two cats on a sofa</c>.</summary>
    /// <param name="index">0 to the number of images - 1.</param>
    /// <exception cref="CorruptSampleException">The caption cannot be read: the image counts as unreadable, too.</exception>
    string Caption(long index);
}
