using Parallax.Contracts;

namespace Parallax.Host.Data;

/// <summary>The decoder as data-set plugins take it.</summary>
public sealed class ImageFileDecoder : IImageDecoder
{
    private const string Unnamed = "image";   // the data set knows the file and puts its name here
    private readonly ImageDecoder _decoder = new();

    /// <inheritdoc/>
    public ImageSize ReadSize(ReadOnlySpan<byte> file)
    {
        try
        {
            return _decoder.ReadSize(file);
        }
        catch (ImageFormatException fault)
        {
            throw new CorruptSampleException(Unnamed, fault.Message);
        }
    }

    /// <inheritdoc/>
    public void Decode(ReadOnlySpan<byte> file, ImageBuffer image, int channels = 3, SmallestSide? smallestSide = null)
    {
        try
        {
            _decoder.Decode(file, image, channels, smallestSide);
        }
        catch (ImageFormatException fault)
        {
            throw new CorruptSampleException(Unnamed, fault.Message);
        }
    }
}
