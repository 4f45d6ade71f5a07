using System.Formats.Tar;

namespace Parallax.Plugins.Datasets;

/// <summary>The files of the binary distribution by name, from a folder or a tar archive (plain or gzip).</summary>
/// <param name="Location">Folder or archive.</param>
/// <param name="Contents">Bytes by file name, without folders.</param>
internal sealed record CifarFiles(string Location, IReadOnlyDictionary<string, byte[]> Contents)
{
    private const string Expected = "the folder or .tar(.gz) of the binary version, with data_batch_1.bin or train.bin";

    /// <exception cref="ConfigurationException">The path is missing, or the archive is damaged or cut short.</exception>
    public static CifarFiles Load(string path)
    {
        var location = DataPath.Require(path, Expected);
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (Directory.Exists(location))
        {
            foreach (var file in Directory.EnumerateFiles(location, "*", SearchOption.AllDirectories).Where(IsWanted))
            {
                contents[Path.GetFileName(file)] = File.ReadAllBytes(file);
            }
        }
        else
        {
            ReadArchive(location, contents);
        }

        return new CifarFiles(location, contents);
    }

    /// <summary>A file that must be there.</summary>
    public byte[] Require(string name) => Contents.TryGetValue(name, out var bytes) ? bytes : throw new ConfigurationException(
        $"{Location} has no {name}; it has {Listing}. Point data.path at {Expected}.");

    private string Listing => Contents.Count == 0 ? "no .bin file at all" : DataPath.Enumerate([.. Contents.Keys.Order(StringComparer.Ordinal)], 10);

    private static void ReadArchive(string location, Dictionary<string, byte[]> contents)
    {
        Compression.Refuse(location, readable: "gzip");
        using var file = File.OpenRead(location);
        using var stream = Compression.Unpacked(file);
        try
        {
            using var tar = new TarReader(stream, leaveOpen: true);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is { } data && IsWanted(entry.Name))
                {
                    var bytes = new byte[entry.Length];
                    data.ReadExactly(bytes);
                    contents[Path.GetFileName(entry.Name)] = bytes;
                }
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new ConfigurationException($"{location} is damaged or cut short near offset {file.Position} of {file.Length} ({fault.Message}). Copy or "
                + "download it again.");
        }
    }

    private static bool IsWanted(string path) =>
        path.EndsWith(".bin", StringComparison.Ordinal) || Path.GetFileName(path) is "batches.meta.txt" or "fine_label_names.txt";
}
