using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Evaluators;

/// <summary>Another's images with something changed; that stays open.</summary>
internal sealed class ChangedDataset(IImageDataset inner, DatasetInfo info) : IImageDataset
{
    public DatasetInfo Info => info;

    /// <summary>What reading any image throws; null reads it.</summary>
    public Exception? Fault { get; init; }

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
    {
        if (Fault is not null)
        {
            throw Fault;
        }

        inner.Read(index, image, smallestSide);
    }

    public int Label(long index) => inner.Label(index);

    public void Dispose()
    {
    }
}
