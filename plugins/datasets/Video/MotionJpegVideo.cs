namespace Parallax.Plugins.Datasets;

/// <summary>An AVI file of JPEG frames, decoded as images are: no other program is needed.</summary>
internal sealed class MotionJpegVideo : IVideoFile
{
    private readonly IFileStore _store;
    private readonly StoredFile _file;
    private readonly IImageDecoder _decoder;
    private readonly FramePlace[] _frames;

    private MotionJpegVideo(IFileStore store, StoredFile file, IImageDecoder decoder, AviIndex index)
    {
        (_store, _file, _decoder, _frames) = (store, file, decoder, index.Frames);
        Info = new(index.Frames.Length, index.Frames.Length / index.FramesPerSecond, index.Size);
    }

    public VideoInfo Info { get; }

    /// <summary>Reads the header of a file.</summary>
    /// <returns>Null when it is something else, or its frames are stored as two fields each.</returns>
    /// <exception cref="CorruptSampleException">The file cannot be read or is cut short.</exception>
    public static MotionJpegVideo? TryOpen(IFileStore store, StoredFile file, IImageDecoder decoder)
    {
        const int start = 65536;   // holds the headers of all streams
        var mayBe = false;
        if (file.Length > 0)
        {
            store.Read(file, 0, (bytes, _) => mayBe = AviIndex.MayBeMotionJpeg(bytes, file.Length), most: start);
        }

        return mayBe ? TryOpenWhole(store, file, decoder) : null;
    }

    public void Read(ReadOnlySpan<int> frames, Func<int, ImageBuffer> imageAt, int channels, SmallestSide? smallestSide) =>
        _store.Read(_file, (frames.ToArray(), imageAt, channels, smallestSide), Decode);

    private static MotionJpegVideo? TryOpenWhole(IFileStore store, StoredFile file, IImageDecoder decoder)
    {
        AviIndex? index = null;
        store.Read(file, 0, (bytes, _) =>
        {
            index = AviIndex.Read(bytes);
            if (index?.Frames[0] is { } first && decoder.ReadSize(bytes.Slice(first.Offset, first.Length)) != index.Size)
            {
                index = null;
            }
        });

        return index is null ? null : new(store, file, decoder, index);
    }

    private void Decode(ReadOnlySpan<byte> bytes, (int[] Frames, Func<int, ImageBuffer> ImageAt, int Channels, SmallestSide? SmallestSide) wanted)
    {
        for (var t = 0; t < wanted.Frames.Length; t++)
        {
            Decode(bytes, wanted.Frames[t], wanted.ImageAt(t), wanted.Channels, wanted.SmallestSide);
        }
    }

    private void Decode(ReadOnlySpan<byte> bytes, int frame, ImageBuffer image, int channels, SmallestSide? smallestSide)
    {
        var place = _frames[frame];
        if (place.Offset + place.Length > bytes.Length)
        {
            throw new CorruptSampleException("video", "it became shorter after its header was read");
        }

        try
        {
            _decoder.Decode(bytes.Slice(place.Offset, place.Length), image, channels, smallestSide);
        }
        catch (CorruptSampleException fault)
        {
            throw new CorruptSampleException("video", $"frame {frame}: {fault.Reason}");
        }

        if (image.FullSize != Info.Size)
        {
            throw new CorruptSampleException("video", $"frame {frame} is {image.FullSize}, the others are {Info.Size}");
        }
    }
}
