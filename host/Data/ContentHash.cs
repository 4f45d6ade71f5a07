using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Parallax.Host.Data;

/// <summary>A number that is the same for images with the same pixels, and for no others but by a chance of one in 2^64.</summary>
internal static class ContentHash
{
    /// <summary>The hash of an image as it was decoded.</summary>
    /// <param name="image">The image.</param>
    /// <param name="before">Hash of the frames before it in a clip; 0 for the first, and for an image.</param>
    public static ulong Of(ImageBuffer image, ulong before = 0) => XxHash3.HashToUInt64(
        MemoryMarshal.AsBytes(image.Pixels), seed: ((long)image.Channels << 56) ^ ((long)image.Height << 28) ^ image.Width ^ (long)before);
}
