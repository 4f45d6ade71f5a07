namespace Parallax.Host.Data;

/// <summary>Makes the one view of an evaluation: shorter side resized, centre cropped, channels normalised.</summary>
/// <param name="reader">Reads samples.</param>
/// <param name="side">Height and width of the result.</param>
/// <param name="shorterSide">Shorter side before the crop, at least <paramref name="side"/>.</param>
/// <param name="unreadable">What stands for a sample that cannot be read.</param>
internal sealed class CentreWriter(SampleReader reader, int side, int shorterSide, UnreadableSamples unreadable) : ISampleWriter
{
    private readonly SmallestSide _smallestSide = _ => shorterSide * SmallerDecoding.Gap;
    private readonly ImageBuffer _image = new();
    private readonly DatasetInfo _info = reader.Dataset.Info;

    public void Write(long sample, long epoch, HostBatch batch, int position)
    {
        var index = sample;
        if (unreadable == UnreadableSamples.Replaced)
        {
            index = reader.Read(sample, _image, _smallestSide);
        }
        else if (!reader.TryRead(sample, _image, _smallestSide))
        {
            batch.Views[0].Image(position).Clear();
            (batch.IndexBuffer[position], batch.LabelBuffer[position]) = (HostBatch.NoSample, HostBatch.NoSample);
            return;
        }

        batch.ContentBuffer[position] = ContentHash.Of(_image);
        TriangleResize.Apply(_image, Resized(_image.FullSize));
        CropAndNormalise(batch.Views[0].Image(position));
        batch.IndexBuffer[position] = index;
        batch.LabelBuffer[position] = reader.Dataset.Label(index);
    }

    /// <summary>The longer side is cut off to whole pixels, as torchvision's Resize does.</summary>
    private ImageSize Resized(ImageSize size) => size.Height < size.Width
        ? new(shorterSide, (int)((long)shorterSide * size.Width / size.Height))
        : new((int)((long)shorterSide * size.Height / size.Width), shorterSide);

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
