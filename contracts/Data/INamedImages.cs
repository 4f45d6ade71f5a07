namespace Parallax.Contracts;

/// <summary>A data set whose images have names, by which people find them again. All members are thread-safe.</summary>
public interface INamedImages
{
    /// <summary>Name of an image for people: its path in the data set.</summary>
    /// <param name="index">0 to the number of images - 1.</param>
    string NameOf(long index);
}
