using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;

namespace Parallax.Plugins.Datasets;

/// <summary>Settings of <c>cifar-binary</c>, section <c>data</c>.</summary>
public sealed record CifarBinaryOptions : DatasetOptions
{
    /// <summary>Folder, <c>.tar</c> or <c>.tar.gz</c> of the binary version of CIFAR-10 (<c>data_batch_1.bin</c> ...) or CIFAR-100
    /// (<c>train.bin</c>).</summary>
    [Required]
    public string Path { get; init; } = "";
}

/// <summary>CIFAR-10 or CIFAR-100 (fine labels) in the original binary layout, held in memory.</summary>
/// <remarks>Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009, https://www.cs.toronto.edu/~kriz/cifar.html: records of one or two label
/// bytes and 3072 pixel bytes.</remarks>
[Plugin("cifar-binary", Options = typeof(CifarBinaryOptions), Summary = "CIFAR-10 and CIFAR-100 in the original binary layout, folder or tar(.gz)",
    Family = "files")]
public sealed class CifarBinarySource(CifarBinaryOptions options) : IDatasetSource
{
    private const int Side = 32, Channels = 3, ImageBytes = Channels * Side * Side;
    private static readonly Layout Ten =
        new(10, LabelBytes: 1, [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")], "test_batch.bin", "batches.meta.txt");
    private static readonly Layout Hundred = new(100, LabelBytes: 2, ["train.bin"], "test.bin", "fine_label_names.txt");

    private readonly Lazy<CifarFiles> _files = new(() => CifarFiles.Load(options.Path));
    private ChannelStatistics? _statistics;

    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split)
    {
        var files = _files.Value;
        var layout = files.Contents.ContainsKey("train.bin") ? Hundred : Ten;
        var (pixels, labels) = Records(files, layout, split == DatasetSplit.Train ? layout.Train : [layout.Test]);
        _statistics ??= options.Statistics(Channels)
            ?? ChannelStatistics.OfBytes(split == DatasetSplit.Train ? pixels : Records(files, layout, layout.Train).Pixels, Channels, Side * Side);
        using var digest = new ContentDigest();
        var info = new DatasetInfo("cifar-binary", split, labels.Length, ClassNames(files, layout), Channels, new(Side, Side), _statistics.Mean,
            _statistics.Std, digest.Add(pixels).Add(labels).Finish(), files.Location);

        return new ByteImageDataset(info, pixels, labels);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings => [".bin", ".tar", ".tar.gz", ".tgz"];

    private static (byte[] Pixels, byte[] Labels) Records(CifarFiles files, Layout layout, string[] names)
    {
        var record = layout.LabelBytes + ImageBytes;
        byte[][] contents = [.. names.Select(files.Require)];
        for (var f = 0; f < names.Length; f++)
        {
            if (contents[f].Length == 0 || contents[f].Length % record != 0)
            {
                throw new ConfigurationException(
                    $"{names[f]} in {files.Location} is cut short: it has {contents[f].Length} bytes, which is no multiple of the {record} bytes of a "
                        + "record. Copy or download it again.");
            }
        }

        var count = contents.Sum(c => c.Length / record);
        var (pixels, labels) = (new byte[(long)count * ImageBytes], new byte[count]);
        var image = 0;
        foreach (var (name, bytes) in names.Zip(contents))
        {
            for (var start = 0; start < bytes.Length; start += record, image++)
            {
                labels[image] = bytes[start + layout.LabelBytes - 1];   // the fine label comes after the coarse one
                if (labels[image] >= layout.Classes)
                {
                    throw new ConfigurationException(
                        $"{name} in {files.Location} has the label {labels[image]} in record {start / record}, but labels go to {layout.Classes - 1}. The "
                            + "file is not this layout, or damaged.");
                }

                bytes.AsSpan(start + layout.LabelBytes, ImageBytes).CopyTo(pixels.AsSpan(image * ImageBytes));
            }
        }

        return (pixels, labels);
    }

    /// <summary>From the text file beside the batches; plain numbers where it is missing.</summary>
    private static string[] ClassNames(CifarFiles files, Layout layout)
    {
        string[] names = files.Contents.TryGetValue(layout.NamesFile, out var text)
            ? Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];

        return names.Length == layout.Classes ? names : [.. Enumerable.Range(0, layout.Classes).Select(c => c.ToString(CultureInfo.InvariantCulture))];
    }

    private sealed record Layout(int Classes, int LabelBytes, string[] Train, string Test, string NamesFile);
}
