using SkiaSharp;

namespace Parallax.Host.Images;

/// <summary>How an image that is stored turned or mirrored is read upright: where its first pixel lies, and how far it is to the next row and column.</summary>
/// <param name="First">Place of the upper left pixel among the stored ones.</param>
/// <param name="Row">Steps from a pixel to the one below.</param>
/// <param name="Column">Steps from a pixel to its right neighbour.</param>
/// <param name="Size">Upright height and width.</param>
internal readonly record struct Upright(int First, int Row, int Column, ImageSize Size)
{
    /// <summary>Exif 2.32, section 4.6.4 A, tag 0x0112; the names say at which sides the first row and the first column of the stored image belong.</summary>
    public static Upright Of(SKEncodedOrigin origin, ImageSize stored)
    {
        var (height, width) = stored;
        var turned = new ImageSize(width, height);

        return origin switch
        {
            SKEncodedOrigin.TopRight => new(width - 1, width, -1, stored),
            SKEncodedOrigin.BottomRight => new((height * width) - 1, -width, -1, stored),
            SKEncodedOrigin.BottomLeft => new((height - 1) * width, -width, 1, stored),
            SKEncodedOrigin.LeftTop => new(0, 1, width, turned),
            SKEncodedOrigin.RightTop => new((height - 1) * width, 1, -width, turned),
            SKEncodedOrigin.RightBottom => new((height * width) - 1, -1, -width, turned),
            SKEncodedOrigin.LeftBottom => new(width - 1, -1, width, turned),
            _ => new(0, width, 1, stored),
        };
    }

    /// <summary>True when the pixels are stored as they are read.</summary>
    public bool IsStored => (First, Column) == (0, 1);
}
