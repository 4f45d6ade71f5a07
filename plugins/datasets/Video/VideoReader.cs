namespace Parallax.Plugins.Datasets;

/// <summary>Opens and decodes the videos of a split; remembers headers. Thread-safe.</summary>
/// <param name="files">The videos; not disposed.</param>
/// <param name="decoder">Decodes the frames of Motion JPEG.</param>
/// <param name="channels">3 for RGB, 1 for grey.</param>
internal sealed class VideoReader(VideoFiles files, IImageDecoder decoder, int channels)
{
    private readonly IVideoFile?[] _opened = new IVideoFile?[files.Count];

    /// <exception cref="CorruptSampleException">The video cannot be read: names it.</exception>
    public VideoInfo Info(int index) => Opened(index).Info;

    /// <summary>Decodes frames.</summary>
    /// <inheritdoc cref="IVideoFile.Read" path="/param"/>
    /// <exception cref="ArgumentOutOfRangeException">There are no such frames, or they do not rise.</exception>
    /// <exception cref="CorruptSampleException">The video cannot be read: names it.</exception>
    public void Read(int index, ReadOnlySpan<int> frames, Func<int, ImageBuffer> imageAt, SmallestSide? smallestSide)
    {
        var video = Opened(index);
        RequireRising(frames, video.Info.Frames);
        try
        {
            video.Read(frames, imageAt, channels, smallestSide);
        }
        catch (CorruptSampleException fault)
        {
            throw new CorruptSampleException(files.NameOf(index), fault.Reason);
        }
    }

    private static void RequireRising(ReadOnlySpan<int> frames, int count)
    {
        var next = 0;
        foreach (var frame in frames)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(frame, next, nameof(frames));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, count, nameof(frames));
            next = frame + 1;
        }
    }

    private IVideoFile Opened(int index)
    {
        if (Volatile.Read(ref _opened[index]) is { } known)
        {
            return known;
        }

        try
        {
            var opened = Open(files.Store, files.Split.Files[index]);
            Volatile.Write(ref _opened[index], opened);

            return opened;
        }
        catch (CorruptSampleException fault)
        {
            throw new CorruptSampleException(files.NameOf(index), fault.Reason);
        }
    }

    private IVideoFile Open(IFileStore store, StoredFile file)
    {
        var mayBeMotionJpeg = file.Path.EndsWith(".avi", StringComparison.OrdinalIgnoreCase) && file.Length <= Array.MaxLength;

        return (mayBeMotionJpeg ? MotionJpegVideo.TryOpen(store, file, decoder) : null) ?? (IVideoFile)FfmpegVideo.Open(store, file);
    }
}
