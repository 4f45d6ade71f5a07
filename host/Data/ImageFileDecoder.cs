using Parallax.Contracts;
using Parallax.Engine;

namespace Parallax.Host.Data;

/// <summary>The engine's decoder as data-set plugins take it.</summary>
public sealed class ImageFileDecoder : IImageDecoder
{
    private const string Unnamed = "image";   // the data set knows the file and puts its name here
    private readonly ImageDecoder _decoder = new();

    /// <inheritdoc/>
    public ImageSize ReadSize(ReadOnlySpan<byte> file)
    {
        try
        {
            var (height, width) = _decoder.ReadSize(file);

            return new ImageSize(height, width);
        }
        catch (ImageFormatException fault)
        {
            throw new CorruptSampleException(Unnamed, fault.Message);
        }
    }

    /// <inheritdoc/>
    public void Decode(ReadOnlySpan<byte> file, ImageBuffer image, int channels = 3, int smallestSide = 0)
    {
        try
        {
            _decoder.Decode(file, channels, smallestSide, image, static (image, channels, height, width) =>
            {
                image.Resize(channels, height, width);

                return image.Pixels;
            });
        }
        catch (ImageFormatException fault)
        {
            throw new CorruptSampleException(Unnamed, fault.Message);
        }
    }
}
