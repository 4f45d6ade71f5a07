namespace Parallax.Contracts;

/// <summary>
/// A data set whose images may show several classes each, or none, as those of VOC. <see cref="DatasetInfo.IsMultiLabel"/> says so, and
/// <see cref="IImageDataset.Label"/> is -1. All members are thread-safe.
/// </summary>
public interface IMultiLabelImages
{
    /// <summary>Which classes an image shows. Never decodes.</summary>
    /// <param name="index">0 to the number of images - 1.</param>
    /// <param name="shown">Receives for each class 1 where the image shows it, 0 where it does not, -1 where that shall not be counted: "difficult" in
    /// VOC.</param>
    void ReadClasses(long index, Span<sbyte> shown);
}
