using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Parallax.Host.Data;

/// <summary>A number that is the same for images with the same pixels, and for no others but by a chance of one in 2^64.</summary>
internal static class ContentHash
{
    /// <summary>The hash of an image as it was decoded.</summary>
    public static ulong Of(ImageBuffer image) => XxHash3.HashToUInt64(
        MemoryMarshal.AsBytes(image.Pixels), seed: ((long)image.Channels << 56) ^ ((long)image.Height << 28) ^ image.Width);
}
