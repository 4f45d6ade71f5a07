namespace Parallax.Plugins.Datasets;

/// <summary>Images of one size held in memory as bytes, [N, C, H, W].</summary>
internal sealed class ByteImageDataset(DatasetInfo info, byte[] pixels, byte[] labels) : IImageDataset
{
    private readonly ImageSize _size = info.Size ?? throw new ArgumentException("Byte images share one size.", nameof(info));

    public DatasetInfo Info => info;

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
    {
        var length = info.Channels * _size.Height * _size.Width;
        image.Resize(info.Channels, _size.Height, _size.Width);
        image.ReadBytes(pixels.AsSpan(checked((int)index * length), length));
    }

    public int Label(long index) => labels[index];

    public void Dispose()
    {
    }
}
