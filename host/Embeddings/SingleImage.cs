namespace Parallax.Host.Embeddings;

/// <summary>One image file as a data set.</summary>
/// <param name="file">Path of the file.</param>
/// <param name="decoder">Decodes it.</param>
/// <param name="trained">The data that the network was trained with: channels, mean and deviation are theirs.</param>
internal sealed class SingleImage(string file, IImageDecoder decoder, DatasetInfo trained) : IImageDataset
{
    public DatasetInfo Info { get; } = trained with { Count = 1, Classes = [], Size = null, Digest = "", Location = file, Layout = null, LeftOut = [] };

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
    {
        try
        {
            decoder.Decode(File.ReadAllBytes(file), image, Info.Channels, smallestSide);
        }
        catch (CorruptSampleException fault)
        {
            throw new ConfigurationException($"{file} cannot be read: {fault.Reason}. Give an image that is whole, or the name of one in the embeddings.");
        }
        catch (Exception fault) when (RunFile.IsOfTheDisk(fault))
        {
            throw new ConfigurationException($"{file} cannot be read: {RunFile.Reason(fault)} Check the disk, and the permissions of the file.");
        }
    }

    public int Label(long index) => -1;

    public void Dispose()
    {
    }
}
