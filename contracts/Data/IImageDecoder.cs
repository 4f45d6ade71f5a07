namespace Parallax.Contracts;

/// <summary>Decodes JPEG, PNG, WebP, GIF and BMP files, told apart by their first bytes. Thread-safe.</summary>
public interface IImageDecoder
{
    /// <summary>Reads height and width from the header, without decoding; the EXIF orientation is taken into account.</summary>
    /// <exception cref="CorruptSampleException">The bytes are no image of these formats, or the header is damaged.</exception>
    ImageSize ReadSize(ReadOnlySpan<byte> file);

    /// <summary>Decodes into planes of float32 in [0, 1], upright by the EXIF orientation; of an animation the first frame.</summary>
    /// <param name="file">A whole file.</param>
    /// <param name="image">Receives [channels, H, W].</param>
    /// <param name="channels">3 for RGB (grey files are repeated), 1 for grey (ITU-R 601 luma of colour files).</param>
    /// <param name="smallestSide">Asked once the size is known: a JPEG is decoded smaller, by 2, 4 or 8, as long as its shorter side keeps this many pixels.
    /// Null for full size.</param>
    /// <exception cref="CorruptSampleException">The file is damaged, cut short, or claims an absurd size.</exception>
    void Decode(ReadOnlySpan<byte> file, ImageBuffer image, int channels = 3, SmallestSide? smallestSide = null);
}

/// <summary>A sample that cannot be read. Training skips it and counts it, or stops, as <c>data.onError</c> says.</summary>
/// <param name="sample">File, or archive and entry.</param>
/// <param name="reason">What is wrong with it.</param>
public sealed class CorruptSampleException(string sample, string reason) : Exception($"{sample}: {reason}")
{
    /// <summary>File, or archive and entry.</summary>
    public string Sample { get; } = sample;

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; } = reason;
}
