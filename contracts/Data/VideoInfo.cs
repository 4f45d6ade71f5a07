namespace Parallax.Contracts;

/// <summary>What a video is before any frame of it is decoded.</summary>
/// <param name="Frames">Number of frames, at least 1.</param>
/// <param name="Seconds">Length, with the time for which the last frame is shown.</param>
/// <param name="Size">Height and width of every frame, upright.</param>
public sealed record VideoInfo(int Frames, double Seconds, ImageSize Size)
{
    /// <summary>Seconds from the start at which each frame is shown, rising, one for each of <see cref="Frames"/>; null where the frames are evenly
    /// spaced.</summary>
    public IReadOnlyList<double>? Times { get; init; }

    /// <summary>Frames of a second; the mean where the rate varies.</summary>
    public double FramesPerSecond => Frames / Seconds;

    /// <summary>Seconds from the start at which a frame is shown.</summary>
    /// <param name="frame">0 to <see cref="Frames"/> - 1.</param>
    public double TimeOf(int frame) => Times?[frame] ?? (frame / FramesPerSecond);

    /// <summary>The frame that is shown at a time: the last that is not later; the first before the start.</summary>
    /// <param name="seconds">Seconds from the start.</param>
    public int FrameAt(double seconds)
    {
        const double rounding = 1e-9;   // of a frame: a time that was computed from a frame gives that frame
        if (Times is null)
        {
            return (int)Math.Clamp(Math.Floor((seconds * FramesPerSecond) + rounding), 0, Frames - 1);
        }

        var (first, after) = (0, Frames);
        while (after - first > 1)
        {
            var middle = (first + after) / 2;
            (first, after) = Times[middle] <= seconds + rounding ? (middle, after) : (first, middle);
        }

        return first;
    }
}
