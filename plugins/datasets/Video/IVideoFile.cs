namespace Parallax.Plugins.Datasets;

/// <summary>A video whose header is read. Thread-safe.</summary>
internal interface IVideoFile
{
    /// <summary>What the header says.</summary>
    VideoInfo Info { get; }

    /// <summary>Decodes frames in one pass over the file.</summary>
    /// <param name="frames">Numbers of the frames, rising, each once.</param>
    /// <param name="imageAt">Gives the image for each place in <paramref name="frames"/>.</param>
    /// <param name="channels">3 for RGB, 1 for grey.</param>
    /// <param name="smallestSide">How far frames may be shrunk; null for full size.</param>
    /// <exception cref="CorruptSampleException">The file is damaged.</exception>
    void Read(ReadOnlySpan<int> frames, Func<int, ImageBuffer> imageAt, int channels, SmallestSide? smallestSide);
}
