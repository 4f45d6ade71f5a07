using System.Security.Cryptography;
using System.Text;
using Parallax.Host.Data;

namespace Parallax.Host.Packing;

/// <summary>Packs data sets into one file each, and checks such files.</summary>
internal static class Packer
{
    /// <summary>Packs the training split of a data set, and its test split where it has one.</summary>
    /// <param name="source">The data set.</param>
    /// <param name="path">The file to make.</param>
    /// <param name="settings">How images are kept.</param>
    /// <param name="tell">Receives what goes on, for people.</param>
    /// <param name="cancellation">Ends it; a later call with the same arguments goes on.</param>
    /// <exception cref="ConfigurationException">The data set cannot be read, the file is there already or was begun otherwise, or the disk does not take
    /// it.</exception>
    public static PackResult Pack(IDatasetSource source, string path, PackSettings settings, Action<string> tell, CancellationToken cancellation)
    {
        List<IImageDataset> splits = [source.Open(DatasetSplit.Train)];
        try
        {
            if (source.Has(DatasetSplit.Test))
            {
                splits.Add(source.Open(DatasetSplit.Test));
            }
            else
            {
                tell($"No test split is packed: {splits[0].Info.Location} has none.");
            }

            RequireForm(splits[0], settings);
            RequireOneClass(splits[0].Info);
            using var writer = new PackWriter(path, Describe(splits, settings));
            if (writer.Count > 0)
            {
                tell($"Going on behind {writer.Count} samples that are packed already.");
            }

            var (first, maker) = (0L, new SampleMaker(settings));
            foreach (var split in splits)
            {
                tell($"Packing {split.Info.Count} {SampleNoun.Of(split, split.Info.Count)} of the {split.Info.Split.ToString().ToLowerInvariant()} split ...");
                Append(split, first, writer, maker, cancellation);
                first += split.Info.Count;
            }

            return new(Path.GetFullPath(path), writer.Count, [.. splits.Select(split => PackedPart.Of(split.Info))], writer.Unreadable, writer.Finish());
        }
        catch (Exception fault) when (RunFile.IsOfTheDisk(fault))
        {
            throw new ConfigurationException($"{path} cannot be written: {RunFile.Reason(fault)} Make room on that disk, or correct its permissions; what is "
                + $"packed is kept in {PackWriter.PartOf(path)}, and the same command goes on with it.");
        }
        finally
        {
            splits.ForEach(split => split.Dispose());
        }
    }

    /// <summary>Reads every sample of a packed file and compares the check sums.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>How many samples it has.</returns>
    /// <exception cref="ConfigurationException">The file, or a sample of it, is damaged.</exception>
    public static long Verify(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path))
        {
            throw new ConfigurationException($"There is no file '{path}'. Give one that 'parallax pack' wrote.");
        }

        using var file = new PackFile(path);
        var faults = new List<string>();
        for (var sample = 0L; sample < file.Description.Count; sample++)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                file.Read(sample, out _, out _);
            }
            catch (CorruptSampleException fault)
            {
                faults.Add($"{fault.Sample}: {fault.Reason}. Copy the file again, or pack the data set again.");
            }
        }

        return faults.Count == 0 ? file.Description.Count : throw new ConfigurationException(faults);
    }

    private static PackDescription Describe(List<IImageDataset> splits, PackSettings settings)
    {
        var train = splits[0].Info;

        return new(
            train.Name, train.Location, settings.IsDecoded ? PackForm.Decoded : PackForm.Original, settings.ShorterSide, train.Channels, train.Mean, train.Std,
        [
            .. splits.Select(split => new PackSplit(
                split.Info.Split, split.Info.Count, split.Info.Classes, split.Info.Size is { } size ? settings.Reduced(size) : null, Digest(split, settings),
                split.Info.Layout, split.Info.LeftOut)),
        ])
        {
            Videos = splits[0] is IVideoDataset,
        };
    }

    private static void RequireOneClass(DatasetInfo data)
    {
        if (data.IsMultiLabel)
        {
            throw new ConfigurationException($"The images of '{data.Location}' show several classes each, and a packed file keeps one class of each image. "
                + "Train from the files as they are.");
        }
    }

    private static void RequireForm(IImageDataset split, PackSettings settings)
    {
        if (split is IVideoDataset && !settings.IsDecoded)
        {
            throw new ConfigurationException($"'{split.Info.Location}' holds videos, and a packed file keeps their frames decoded. Add --decoded, and with "
                + "--size N the shorter side of the frames: a frame takes 3 bytes per pixel.");
        }
    }

    /// <summary>Of samples that are kept bit for bit, the data set's own.</summary>
    private static string Digest(IImageDataset split, PackSettings settings) =>
        settings.IsDecoded && (split is IEncodedImages or IVideoDataset || settings.ShorterSide is not null)
        ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{split.Info.Digest} decoded {settings.ShorterSide}")).AsSpan(0, 4))
        : split.Info.Digest;

    private static void Append(IImageDataset split, long first, PackWriter writer, SampleMaker maker, CancellationToken cancellation)
    {
        for (var start = writer.Count - first; start < split.Info.Count; start = writer.Count - first)
        {
            try
            {
                foreach (var sample in maker.Make(split, start, cancellation))
                {
                    writer.Append(sample);
                }
            }
            catch (ConfigurationException)
            {
                writer.Discard();   // nothing of it can be gone on with
                throw;
            }

            cancellation.ThrowIfCancellationRequested();   // behind what was made
        }
    }
}

/// <summary>How images are kept.</summary>
/// <param name="IsDecoded">As pixels also where they lie in files.</param>
/// <param name="ShorterSide">To how many pixels the shorter side of larger images is reduced; null for none.</param>
internal sealed record PackSettings(bool IsDecoded, int? ShorterSide)
{
    /// <summary>Size of an image that is kept: the longer side is cut off to whole pixels.</summary>
    public ImageSize Reduced(ImageSize size) => ShorterSide is not { } side || Math.Min(size.Height, size.Width) <= side
        ? size
        : size.Height < size.Width
            ? new(side, (int)((long)side * size.Width / size.Height))
            : new((int)((long)side * size.Height / size.Width), side);
}

/// <summary>What was packed.</summary>
/// <param name="File">The file.</param>
/// <param name="Samples">Images of all splits.</param>
/// <param name="Splits">The images of each.</param>
/// <param name="Unreadable">Those of them that could not be read when they were packed.</param>
/// <param name="Bytes">Size of the file.</param>
internal sealed record PackResult(string File, long Samples, IReadOnlyList<PackedPart> Splits, int Unreadable, long Bytes);

/// <summary>A split of what was packed.</summary>
/// <param name="Split">Its name.</param>
/// <param name="Samples">Images.</param>
internal sealed record PackedPart(string Split, long Samples)
{
    public static PackedPart Of(DatasetInfo split) => new(split.Split.ToString().ToLowerInvariant(), split.Count);
}
