using System.Buffers;

namespace Parallax.Plugins.Datasets;

/// <summary>One split of an image folder or archive.</summary>
internal sealed class ImageFolderDataset : IImageDataset, IEncodedImages
{
    private readonly IFileStore _store;
    private readonly SplitFiles _split;
    private readonly IImageDecoder _decoder;
    private readonly int _channels;
    private readonly DecodedImage?[]? _cache;

    public ImageFolderDataset(IFileStore store, SplitFiles split, IImageDecoder decoder, int channels, bool cacheDecoded)
    {
        (_store, _split, _decoder, _channels) = (store, split, decoder, channels);
        _cache = cacheDecoded ? new DecodedImage?[split.Files.Length] : null;
    }

    /// <summary>Set by the source once statistics are known.</summary>
    public required DatasetInfo Info { get; init; }

    public int Label(long index) => _split.Labels[index];

    public string NameOf(long index) => _split.Files[index].Path;

    public void ReadFile(long index, IBufferWriter<byte> target) => _store.Read(_split.Files[index], target, static (bytes, copy) => copy.Write(bytes));

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
    {
        if (_cache is null)
        {
            Decode(_store, _split.Files[index], _decoder, _channels, image, smallestSide);
            return;
        }

        if (Volatile.Read(ref _cache[index]) is { } decoded)
        {
            decoded.CopyTo(image);
            return;
        }

        Decode(_store, _split.Files[index], _decoder, _channels, image, smallestSide: null);
        Volatile.Write(ref _cache[index], DecodedImage.Of(image));
    }

    public void Dispose() => _store.Dispose();

    /// <summary>Decodes one file; a fault carries the file's name.</summary>
    public static void Decode(IFileStore store, StoredFile file, IImageDecoder decoder, int channels, ImageBuffer image, SmallestSide? smallestSide)
    {
        try
        {
            store.Read(file, (decoder, channels, image, smallestSide), static (bytes, s) => s.decoder.Decode(bytes, s.image, s.channels, s.smallestSide));
        }
        catch (CorruptSampleException fault)
        {
            throw new CorruptSampleException(store.NameOf(file), fault.Reason);
        }
    }

    /// <summary>A decoded image in a quarter of the memory.</summary>
    private sealed record DecodedImage(byte[] Pixels, int Channels, ImageSize Size)
    {
        public static DecodedImage Of(ImageBuffer image)
        {
            var pixels = new byte[image.Pixels.Length];
            image.WriteBytes(pixels);

            return new(pixels, image.Channels, image.Size);
        }

        public void CopyTo(ImageBuffer image)
        {
            image.Resize(Channels, Size.Height, Size.Width);
            image.ReadBytes(Pixels);
        }
    }
}
