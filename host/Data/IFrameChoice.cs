namespace Parallax.Host.Data;

/// <summary>Says which frames of a video are read, and receives them.</summary>
internal interface IFrameChoice
{
    /// <summary>Receives the frames.</summary>
    ClipBuffer Decoded { get; }

    /// <summary>Numbers of the frames, rising, each once; valid until the next call.</summary>
    /// <param name="video">Whose.</param>
    ReadOnlySpan<int> Choose(VideoInfo video);
}
