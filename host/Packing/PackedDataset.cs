using System.Text;

namespace Parallax.Host.Packing;

/// <summary>One split of a packed file.</summary>
internal class PackedDataset : IImageDataset, INamedImages
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

    /// <summary>The name that it had when it was packed, or where it lies in the file.</summary>
    public string NameOf(long index)
    {
        try
        {
            Record(index, out _, out var name);

            return name.IsEmpty ? _file.NameOf(_first + index, name) : Encoding.UTF8.GetString(name);
        }
        catch (CorruptSampleException)
        {
            return _file.NameOf(_first + index, []);
        }
    }

    public virtual void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
    {
        var bytes = Record(index, out var record, out var name);
        try
        {
            RequireReadable(record, bytes);
            if (record.Kind == PackKind.File)
            {
                _decoder.Decode(bytes, image, Info.Channels, smallestSide);
            }
            else if (record is { Kind: PackKind.Pixels, Height: > 0, Width: > 0 } && bytes.Length == (long)Info.Channels * record.Height * record.Width)
            {
                image.Resize(Info.Channels, record.Height, record.Width);
                image.ReadBytes(bytes);
            }
            else
            {
                throw new CorruptSampleException("", "the packed file holds something else there than this program writes");
            }
        }
        catch (CorruptSampleException fault)
        {
            throw Named(index, name, fault);
        }
    }

    /// <summary>The record of a sample.</summary>
    protected ReadOnlySpan<byte> Record(long index, out PackRecord record, out ReadOnlySpan<byte> name) => _file.Read(_first + index, out record, out name);

    /// <summary>A fault with the name of its sample.</summary>
    protected CorruptSampleException Named(long index, ReadOnlySpan<byte> name, CorruptSampleException fault) =>
        new(_file.NameOf(_first + index, name), fault.Reason);

    /// <summary>Throws where the sample could not be read when it was packed.</summary>
    protected static void RequireReadable(PackRecord record, ReadOnlySpan<byte> bytes)
    {
        if (record.Kind == PackKind.Unreadable)
        {
            throw new CorruptSampleException("", Encoding.UTF8.GetString(bytes));
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
            return file.Description.Videos ? new PackedVideos(file, split, decoder) : new PackedDataset(file, split, decoder);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
