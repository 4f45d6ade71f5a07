using Parallax.Contracts;

namespace Parallax.Host.Data;

/// <summary>Makes the one view of an evaluation: shorter side resized, centre cropped, channels normalised.</summary>
/// <param name="reader">Reads samples.</param>
/// <param name="side">Height and width of the result.</param>
internal sealed class CentreWriter(SampleReader reader, int side) : ISampleWriter
{
    private readonly ImageBuffer _image = new();
    private readonly DatasetInfo _info = reader.Dataset.Info;

    public void Write(long sample, long epoch, HostBatch batch, int position)
    {
        var resizeTo = ShorterSide();
        var index = reader.Read(sample, _image, smallestSide: resizeTo);
        TriangleResize.Apply(_image, Resized(_image.Size, resizeTo));
        CropAndNormalise(batch.Views[0].Image(position));
        batch.IndexBuffer[position] = index;
        batch.LabelBuffer[position] = reader.Dataset.Label(index);
    }

    /// <summary>Square data sets are used whole; photographs of mixed shapes lose an eighth of the border, as usual (256 for a crop of 224).</summary>
    private int ShorterSide() => _info.Size is { } size && size.Height == size.Width ? side : (int)Math.Round(side * 8.0 / 7.0);

    private static ImageSize Resized(ImageSize size, int shorter)
    {
        var factor = (double)shorter / Math.Min(size.Height, size.Width);

        return size.Height < size.Width ? new(shorter, (int)(size.Width * factor)) : new((int)(size.Height * factor), shorter);
    }

    private void CropAndNormalise(Span<float> target)
    {
        var top = (int)Math.Round((_image.Height - side) / 2.0);
        var left = (int)Math.Round((_image.Width - side) / 2.0);
        for (var channel = 0; channel < _image.Channels; channel++)
        {
            var plane = _image.Plane(channel);
            var (mean, std) = ((float)_info.Mean[channel], (float)_info.Std[channel]);
            for (var row = 0; row < side; row++)
            {
                var source = plane.Slice(((top + row) * _image.Width) + left, side);
                var result = target.Slice(((channel * side) + row) * side, side);
                for (var x = 0; x < side; x++)
                {
                    result[x] = (source[x] - mean) / std;
                }
            }
        }
    }
}
