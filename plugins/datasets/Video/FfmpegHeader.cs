namespace Parallax.Plugins.Datasets;

/// <summary>What FFmpeg says of a video without decoding more than it must.</summary>
/// <param name="Info">For whoever takes frames.</param>
/// <param name="Stamps">When each frame is shown; null where the file does not say, so that frames are told by counting from the start.</param>
/// <param name="Keys">Stamps of frames from which decoding can start, rising.</param>
/// <param name="SecondsPerUnit">Time base.</param>
internal sealed record FfmpegHeader(VideoInfo Info, FrameStamps? Stamps, long[] Keys, double SecondsPerUnit)
{
    private const double UsualFramesPerSecond = 25;   // FFmpeg's, where a file says nothing

    /// <param name="stream">The video stream.</param>
    /// <param name="stamps">When each frame is shown, rising.</param>
    /// <param name="keys">Stamps of frames from which decoding can start.</param>
    /// <param name="lastDuration">How long the last frame is shown; 0 where the file does not say.</param>
    /// <param name="areInFile">Whether the file itself has these stamps.</param>
    public static FfmpegHeader Of(FfmpegStream stream, long[] stamps, long[] keys, long lastDuration, bool areInFile)
    {
        var step = FrameStamps.StepOf(stamps);
        var usual = 1 / ((stream.FramesPerSecond > 0 ? stream.FramesPerSecond : UsualFramesPerSecond) * stream.SecondsPerUnit);
        var isEven = FrameStamps.AreEven(stamps);
        var last = isEven && step > 0 ? step : lastDuration > 0 ? lastDuration : step > 0 ? step : usual;
        var info = new VideoInfo(stamps.Length, (stamps[^1] - stamps[0] + last) * stream.SecondsPerUnit, stream.Size)
        {
            Times = isEven ? null : [.. stamps.Select(stamp => (stamp - stamps[0]) * stream.SecondsPerUnit)],
        };

        return new(info, areInFile ? new(stamps) : null, areInFile ? keys : [], stream.SecondsPerUnit);
    }

    /// <summary>Where decoding starts for a frame, in seconds; null for the beginning of the file.</summary>
    public double? StartFor(int frame)
    {
        var before = Stamps is null ? -1 : Array.FindLastIndex(Keys, key => key <= Stamps[frame]);

        return before > 0 ? Keys[before] * SecondsPerUnit : null;
    }
}
