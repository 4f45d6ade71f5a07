namespace Parallax.Host.Data;

/// <summary>Shows what a method gets to see: one row per image, one column per view; of a clip the middle frame.</summary>
public static class ViewPicture
{
    private const int Gap = 2;

    /// <summary>Images in a picture.</summary>
    public const int MostImages = 8;

    /// <summary>Writes the first images of a batch as a PNG, with the normalisation undone.</summary>
    /// <param name="target">Receives the file; stays open.</param>
    /// <param name="batch">Normalised views.</param>
    /// <param name="data">Gives the constants of the normalisation.</param>
    /// <param name="images">Most rows.</param>
    public static void Write(Stream target, HostBatch batch, DatasetInfo data, int images = MostImages)
    {
        var (pixels, height, width, channels) = Draw(batch, data, images);
        PngWriter.Write(target, pixels, height, width, channels);
    }

    /// <summary>The pixels of that picture, [height, width, channels], row by row.</summary>
    /// <param name="batch">Normalised views.</param>
    /// <param name="data">Gives the constants of the normalisation.</param>
    /// <param name="images">Most rows.</param>
    public static (byte[] Pixels, int Height, int Width, int Channels) Draw(HostBatch batch, DatasetInfo data, int images = MostImages) =>
        Draw(batch.Views, Math.Min(images, batch.Size), data);

    /// <summary>A picture of any columns, [height, width, channels], row by row.</summary>
    /// <param name="columns">Normalised images, at least one column; their sizes may differ, their channels not.</param>
    /// <param name="rows">Images that are drawn of each.</param>
    /// <param name="data">Gives the constants of the normalisation.</param>
    internal static (byte[] Pixels, int Height, int Width, int Channels) Draw(IReadOnlyList<HostView> columns, int rows, DatasetInfo data)
    {
        var cellHeight = columns.Max(v => v.Shape.Height) + Gap;
        var cellWidth = columns.Max(v => v.Shape.Width) + Gap;
        var channels = columns[0].Shape.Channels;
        var (height, width) = ((rows * cellHeight) + Gap, (columns.Count * cellWidth) + Gap);
        var picture = new byte[height * width * channels];
        Array.Fill(picture, byte.MaxValue);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns.Count; column++)
            {
                var corner = ((((row * cellHeight) + Gap) * width) + (column * cellWidth) + Gap) * channels;
                Draw(picture.AsSpan(corner), width * channels, columns[column].Image(row), columns[column].Shape, data);
            }
        }

        return (picture, height, width, channels);
    }

    private static void Draw(Span<byte> corner, int rowLength, ReadOnlySpan<float> image, ViewShape shape, DatasetInfo data)
    {
        var (frames, frame) = (Math.Max(1, shape.Frames), shape.Frames / 2);   // the middle frame of a clip
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            for (var y = 0; y < shape.Height; y++)
            {
                for (var x = 0; x < shape.Width; x++)
                {
                    var value = (image[(((((channel * frames) + frame) * shape.Height) + y) * shape.Width) + x] * data.Std[channel]) + data.Mean[channel];
                    corner[(y * rowLength) + (x * shape.Channels) + channel] = (byte)Math.Clamp((value * 255) + 0.5, 0, 255);
                }
            }
        }
    }
}
