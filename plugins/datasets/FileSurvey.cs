using System.Runtime.CompilerServices;

namespace Parallax.Plugins.Datasets;

/// <summary>What can be said of many image files from names, sizes and the bytes of a part of them, evenly spaced over all.</summary>
/// <param name="count">Number of files.</param>
/// <param name="fileAt">A file and what reads it, by its index.</param>
/// <param name="decoder">Decodes files.</param>
internal sealed class FileSurvey(int count, Func<int, (IFileStore Store, StoredFile File)> fileAt, IImageDecoder decoder)
{
    /// <summary>Mean and deviation of the pixels of a part of the images.</summary>
    /// <exception cref="ConfigurationException">None of them can be read.</exception>
    public ChannelStatistics Statistics(int channels) => ChannelStatistics.OfSample(count, channels, (i, image) =>
    {
        var (store, file) = fileAt((int)i);
        ImageFolderDataset.Decode(store, file, decoder, channels, image, smallestSide: null);
    });

    /// <summary>The size that all of a part share, else null.</summary>
    public ImageSize? SharedSize()
    {
        ImageSize? shared = null;
        foreach (var (store, file) in Part())
        {
            var size = new StrongBox<ImageSize?>();
            try
            {
                store.Read(file, (decoder, size), static (bytes, s) => s.size.Value = s.decoder.ReadSize(bytes));
            }
            catch (CorruptSampleException)
            {
                continue;   // reported when training reads it
            }

            if (shared is not null && shared != size.Value)
            {
                return null;
            }

            shared = size.Value;
        }

        return shared;
    }

    /// <summary>Stands for all names and sizes, and the bytes of a part.</summary>
    public string Digest() => FileDigest.Of(count, fileAt, Spread.Numbers(count, ChannelStatistics.SampleSize));

    private IEnumerable<(IFileStore Store, StoredFile File)> Part() => Spread.Numbers(count, ChannelStatistics.SampleSize).Select(i => fileAt((int)i));
}
