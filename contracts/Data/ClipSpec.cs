namespace Parallax.Contracts;

/// <summary>Which frames of a video make a clip, once it is known where the clip begins.</summary>
/// <remarks>
/// Three forms: every <see cref="Stride"/>-th frame; frames of <see cref="Rate"/> per second, of which every <see cref="Stride"/>-th is taken
/// (SlowFast's T x tau); <see cref="Frames"/> frames spread evenly over a window of <see cref="Seconds"/>.
/// </remarks>
/// <param name="Frames">Frames T of the clip.</param>
public sealed record ClipSpec(int Frames)
{
    /// <summary>Frames from one taken to the next: frames of the video, or of <see cref="Rate"/> where that is set.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Frames per second at which <see cref="Stride"/> counts, whatever the rate of the video; null counts the frames of the video.</summary>
    public double? Rate { get; init; }

    /// <summary>Length of the window over which the frames are spread; null where <see cref="Stride"/> says it.</summary>
    public double? Seconds { get; init; }

    /// <summary>What stands for the frames that a short video does not have.</summary>
    public ShortVideo Short { get; init; }

    /// <summary>Frames of a video that the clip covers: (T - 1) stride + 1, T stride fps / rate, or seconds fps; at least 1.</summary>
    /// <param name="video">Gives the rate.</param>
    public double Covers(VideoInfo video) => Math.Max(1, Seconds is { } seconds ? seconds * video.FramesPerSecond
        : Rate is { } rate ? Frames * Stride * video.FramesPerSecond / rate
        : ((Frames - 1) * Stride) + 1);

    /// <summary>The frames of a clip.</summary>
    /// <param name="video">Whose.</param>
    /// <param name="start">Frame at which it begins, from 0; may lie between two frames.</param>
    /// <param name="frames">Receives T numbers of frames, each 0 to <see cref="VideoInfo.Frames"/> - 1.</param>
    public void Choose(VideoInfo video, double start, Span<int> frames)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(frames.Length, Frames);
        var covers = Covers(video);
        if (Short == ShortVideo.Even && start + covers > video.Frames)
        {
            (start, covers) = (Math.Max(0, video.Frames - covers), Math.Min(covers, video.Frames));
        }

        for (var t = 0; t < frames.Length; t++)
        {
            frames[t] = Place(video, start, covers, t);
        }

        Fill(video, frames);
    }

    // Rounded to float32 as the linspace of the authors' tensors, then cut off to whole frames.
    private int Place(VideoInfo video, double start, double covers, int t)
    {
        if (Seconds is null && Rate is null && covers == ((Frames - 1) * Stride) + 1)
        {
            return (int)start + (t * Stride);
        }

        var place = start + (Frames == 1 ? 0 : (float)((covers - 1) * t / (Frames - 1)));

        return video.Times is null || place >= video.Frames ? (int)place : video.FrameAt(TimeAt(video, start) + ((place - start) / video.FramesPerSecond));
    }

    private static double TimeAt(VideoInfo video, double place) =>
        video.TimeOf(Math.Min((int)place, video.Frames - 1)) + ((place - (int)place) / video.FramesPerSecond);

    private void Fill(VideoInfo video, Span<int> frames)
    {
        var there = 0;
        while (there < frames.Length && frames[there] < video.Frames)
        {
            there++;
        }

        if (there == frames.Length)
        {
            return;
        }

        if (Short == ShortVideo.RepeatFirst)
        {
            there = Math.Max(there, 1);
            frames[..there].CopyTo(frames[^there..]);
            frames[..^there].Fill(Math.Min(frames[^there], video.Frames - 1));
            return;
        }

        for (var t = there; t < frames.Length; t++)
        {
            frames[t] = Short switch
            {
                ShortVideo.RepeatClip when there > 0 => frames[t % there],
                ShortVideo.Loop or ShortVideo.RepeatClip => frames[t] % video.Frames,
                _ => video.Frames - 1,
            };
        }
    }
}

/// <summary>What stands for the frames that a video shorter than the clip does not have.</summary>
public enum ShortVideo
{
    /// <summary>The video from its start again, with the same stride: frame i modulo the number of frames (CSTP, CVRL).</summary>
    Loop,

    /// <summary>The frames of the clip that are there, from the first again (SLIC).</summary>
    RepeatClip,

    /// <summary>The first frame of the clip, in front of the others (CoCLR).</summary>
    RepeatFirst,

    /// <summary>The last frame of the video (SlowFast).</summary>
    RepeatLast,

    /// <summary>The window is moved into the video and cut to its length, and the frames are spread evenly over it; some repeat (SCE).</summary>
    Even,
}
