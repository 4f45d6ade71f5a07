namespace Parallax.Contracts;

/// <summary>The part of a data set that is asked for.</summary>
public enum DatasetSplit
{
    /// <summary>Pretraining, and the labelled bank of evaluations.</summary>
    Train,

    /// <summary>Held out: evaluations are measured here.</summary>
    Test,
}

/// <summary>A data-set plugin: opens the splits of one data set. Construction must be cheap; faults of the files show at <see cref="Open"/>.</summary>
public interface IDatasetSource
{
    /// <summary>Opens a split. The caller disposes it.</summary>
    /// <exception cref="ConfigurationException">The path is missing, the folder is empty, a file is cut short: names it and says what to do.</exception>
    IImageDataset Open(DatasetSplit split);

    /// <summary>Whether there is such a split at all, whatever is wrong with it; a data set that always has both leaves this as it is.</summary>
    /// <param name="split">Which.</param>
    /// <exception cref="ConfigurationException">The path is missing, or what is there cannot be read.</exception>
    bool Has(DatasetSplit split) => true;

    /// <summary>
    /// Whether it reads files of videos, for which programs may have to be installed: it is then asked about files of unknown kind only where no source of
    /// images reads them. Known without a look at the files.
    /// </summary>
    bool ReadsVideoFiles => false;

    /// <summary>
    /// How names of files end that it reads, in lower case, for example <c>.png</c> or <c>-ubyte</c>; empty where any may do. Where a folder has none of them,
    /// nobody is told why this data set does not read it. Known without a look at the files.
    /// </summary>
    IReadOnlyList<string> FileEndings => [];
}

/// <summary>A random-access source of images. All members are thread-safe.</summary>
public interface IImageDataset : IDisposable
{
    /// <summary>What it holds.</summary>
    DatasetInfo Info { get; }

    /// <summary>Decodes one image.</summary>
    /// <param name="index">0 to <see cref="DatasetInfo.Count"/> - 1.</param>
    /// <param name="image">Receives [C, H, W] in [0, 1].</param>
    /// <param name="smallestSide">Decoding may shrink the image, by 2, 4 or 8, as far as this says for its size; null for full size. A data set that does not
    /// decode ignores it.</param>
    /// <exception cref="CorruptSampleException">This sample cannot be read.</exception>
    void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null);

    /// <summary>Class of one image, 0 to the number of classes - 1; -1 when the data set has no labels, or is an <see cref="IMultiLabelImages"/>. Never
    /// decodes.</summary>
    int Label(long index);
}

/// <summary>What a data set holds.</summary>
/// <param name="Name">Name in recipes and tracking.</param>
/// <param name="Split">Which part.</param>
/// <param name="Count">Number of images.</param>
/// <param name="Classes">Class names in label order; empty without labels.</param>
/// <param name="Channels">1 or 3.</param>
/// <param name="Size">Height and width when all images share them, else null.</param>
/// <param name="Mean">Mean per channel, in [0, 1].</param>
/// <param name="Std">Standard deviation per channel.</param>
/// <param name="Digest">8 hex digits that change when the content does.</param>
/// <param name="Location">Where it comes from: a path, or a word for embedded data.</param>
public sealed record DatasetInfo(
    string Name, DatasetSplit Split, long Count, IReadOnlyList<string> Classes, int Channels, ImageSize? Size,
    IReadOnlyList<double> Mean, IReadOnlyList<double> Std, string Digest, string Location)
{
    /// <summary>
    /// Where the splits were found, as a phrase for people, for example <c>train: 'a/train'; no test split</c>; null when there is nothing to choose.
    /// </summary>
    public string? Layout { get; init; }

    /// <summary>
    /// What the files hold beside this data set, and why it is left out, as phrases for people, for example <c>2 hidden files or folders</c>.
    /// </summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Whether an image may show several of the classes, or none: the data set is an <see cref="IMultiLabelImages"/>.</summary>
    public bool IsMultiLabel { get; init; }

    /// <summary>Where the captions of <see cref="ICaptionedImages"/> come from.</summary>
    public CaptionOrigin Captions { get; init; }
}
