using System.Text;

namespace Parallax.Host.Packing;

/// <summary>One split of a packed file.</summary>
internal sealed class PackedDataset : IImageDataset
{
    private readonly PackFile _file;
    private readonly IImageDecoder _decoder;
    private readonly long _first;

    /// <param name="file">The file; disposed with this.</param>
    /// <param name="split">Which split.</param>
    /// <param name="decoder">Decodes what was packed as it is.</param>
    /// <exception cref="ConfigurationException">The file does not have the split.</exception>
    public PackedDataset(PackFile file, DatasetSplit split, IImageDecoder decoder)
    {
        (_file, _decoder) = (file, decoder);
        var description = file.Description;
        var part = description.Splits.FirstOrDefault(one => one.Split == split) ?? throw new ConfigurationException(
            $"{file.Path} has no {split.ToString().ToLowerInvariant()} split: the data set that was packed, '{description.Source}', has none.");
        _first = description.Splits.TakeWhile(one => one != part).Sum(one => one.Count);
        Info = new(
            description.Name, split, part.Count, part.Classes, description.Channels, part.Size, description.Mean, description.Std, part.Digest, file.Path)
        {
            Layout = $"packed from '{description.Source}'{(part.Layout is null ? "" : $": {part.Layout}")}",
            LeftOut = part.LeftOut,
        };
    }

    public DatasetInfo Info { get; }

    public int Label(long index) => _file.Label(_first + index);

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
    {
        var bytes = _file.Read(_first + index, out var record, out var name);
        try
        {
            switch (record.Kind)
            {
                case PackKind.File:
                    _decoder.Decode(bytes, image, Info.Channels, smallestSide);
                    break;
                case PackKind.Pixels when record is { Height: > 0, Width: > 0 } && bytes.Length == (long)Info.Channels * record.Height * record.Width:
                    image.Resize(Info.Channels, record.Height, record.Width);
                    image.ReadBytes(bytes);
                    break;
                case PackKind.Unreadable:
                    throw new CorruptSampleException("", Encoding.UTF8.GetString(bytes));
                default:
                    throw new CorruptSampleException("", "the packed file holds something else there than this program writes");
            }
        }
        catch (CorruptSampleException fault)
        {
            throw new CorruptSampleException(_file.NameOf(_first + index, name), fault.Reason);
        }
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>Opens packed files.</summary>
/// <param name="decoder">Decodes their images.</param>
internal sealed class PackedImages(IImageDecoder decoder) : IPackedImages
{
    /// <inheritdoc/>
    public IImageDataset Open(string path, DatasetSplit split)
    {
        var file = new PackFile(path);
        try
        {
            return new PackedDataset(file, split, decoder);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
