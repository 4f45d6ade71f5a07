using System.Buffers;

namespace Parallax.Plugins.Datasets;

/// <summary>One split of images with captions.</summary>
/// <param name="samples">Files and captions; disposed with this.</param>
/// <param name="decoder">Decodes images.</param>
/// <param name="info">What it holds.</param>
internal sealed class ImageTextDataset(CaptionedFiles samples, IImageDecoder decoder, DatasetInfo info) : IImageDataset, ICaptionedImages, IEncodedImages
{
    public DatasetInfo Info => info;

    public int Label(long index) => -1;

    public string Caption(long index) => samples.CaptionAt((int)index);

    public string NameOf(long index) => samples.NameAt((int)index);

    /// <summary>Where an image stands, for messages about its row.</summary>
    public string OriginOf(long index) => $"{NameOf(index)}{samples.OriginOf((int)index)}";

    public void ReadFile(long index, IBufferWriter<byte> target)
    {
        var (store, file) = samples.ImageAt((int)index);
        store.Read(file, target, static (bytes, copy) => copy.Write(bytes));
    }

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
    {
        var (store, file) = samples.ImageAt((int)index);
        try
        {
            ImageFolderDataset.Decode(store, file, decoder, info.Channels, image, smallestSide);
        }
        catch (CorruptSampleException fault)
        {
            throw new CorruptSampleException($"{fault.Sample}{samples.OriginOf((int)index)}", fault.Reason);
        }
    }

    public void Dispose() => samples.Dispose();
}
