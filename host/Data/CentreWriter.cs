namespace Parallax.Host.Data;

/// <summary>Makes the one view of an evaluation of images: shorter side resized, centre cropped or squashed, channels normalised.</summary>
/// <param name="reader">Reads samples.</param>
/// <param name="crop">Resizes, crops and normalises.</param>
/// <param name="unreadable">What stands for a sample that cannot be read.</param>
internal sealed class CentreWriter(SampleReader reader, CentreCrop crop, UnreadableSamples unreadable) : ISampleWriter
{
    private readonly ImageBuffer _image = new();

    public void Write(long sample, long epoch, HostBatch batch, int position)
    {
        var index = sample;
        if (unreadable == UnreadableSamples.Replaced)
        {
            index = reader.Read(sample, _image, crop.SmallestSide);
        }
        else if (!reader.TryRead(sample, _image, crop.SmallestSide))
        {
            batch.LeaveOut(position);
            return;
        }

        batch.ContentBuffer[position] = ContentHash.Of(_image);
        crop.Resize(_image);
        crop.Crop(_image, batch.Views[0].Image(position), CropPlace.Middle);
        batch.IndexBuffer[position] = index;
        batch.LabelBuffer[position] = reader.Dataset.Label(index);
    }
}
