namespace WaitingPlugins;

/// <summary>A data set whose images never come.</summary>
[Plugin("waiting-images", Options = typeof(WaitingOptions))]
public sealed class WaitingImages(WaitingOptions options) : IDatasetSource
{
    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split) => new Images(options.Path, split);

    private sealed class Images(string path, DatasetSplit split) : IImageDataset
    {
        private const int Count = 20, Side = 16;

        public DatasetInfo Info { get; } =
            new("waiting-images", split, Count, ["one"], 3, new ImageSize(Side, Side), [0.5, 0.5, 0.5], [0.25, 0.25, 0.25], "00000000", path);

        public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
        {
            using var pipe = File.OpenRead(path);
            pipe.ReadByte();
        }

        public int Label(long index) => 0;

        public void Dispose()
        {
        }
    }
}
