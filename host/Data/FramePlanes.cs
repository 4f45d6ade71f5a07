namespace Parallax.Host.Data;

/// <summary>Where the planes of a frame stand in a clip [C, T, H, W].</summary>
internal static class FramePlanes
{
    /// <summary>Copies a frame into a clip; nothing where the clip has another length than frames of this shape need.</summary>
    /// <param name="image">The frame.</param>
    /// <param name="clip">[C, T, H, W].</param>
    /// <param name="frame">0 to <paramref name="frames"/> - 1.</param>
    /// <param name="frames">T.</param>
    public static void Write(ImageBuffer image, Span<float> clip, int frame, int frames)
    {
        var plane = image.Height * image.Width;
        if (clip.Length != image.Channels * frames * plane)
        {
            return;
        }

        for (var channel = 0; channel < image.Channels; channel++)
        {
            image.Plane(channel).CopyTo(clip.Slice(((channel * frames) + frame) * plane, plane));
        }
    }
}
