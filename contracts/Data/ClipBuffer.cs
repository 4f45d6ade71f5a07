namespace Parallax.Contracts;

/// <summary>The frames of a clip, each an image of its own. A worker reuses one buffer for all its clips; nothing is allocated once it has grown.</summary>
/// <remarks>Not thread-safe: each worker has its own.</remarks>
public sealed class ClipBuffer
{
    private readonly List<ImageBuffer> _frames = [];

    /// <summary>Number of frames.</summary>
    public int Frames { get; private set; }

    /// <summary>One frame, [C, H, W] in [0, 1].</summary>
    /// <param name="frame">0 to <see cref="Frames"/> - 1.</param>
    public ImageBuffer this[int frame]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, Frames);

            return _frames[frame];
        }
    }

    /// <summary>Gives the clip another number of frames; their images are undefined afterwards.</summary>
    /// <param name="frames">At least 1.</param>
    public void Resize(int frames)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frames);
        while (_frames.Count < frames)
        {
            _frames.Add(new());
        }

        Frames = frames;
    }
}
