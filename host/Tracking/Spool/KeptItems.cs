using System.Globalization;
using System.Text;

namespace Parallax.Host.Tracking;

/// <summary>What of a run is not in its store: it waits, or was refused.</summary>
/// <param name="Values">Number of points, parameters, tags and data sets.</param>
/// <param name="Files">Paths of the files under the run.</param>
/// <param name="Bytes">Size of the files.</param>
/// <param name="Reasons">Why the store refused what it refused; empty when everything only waits.</param>
internal sealed record KeptItems(int Values, IReadOnlyList<string> Files, long Bytes, IReadOnlyList<string> Reasons)
{
    private const int ReadSize = 1 << 20;
    private const int MostNames = 3;

    /// <summary>What the folder of a journal holds, without owning it.</summary>
    public static KeptItems Read(string folder)
    {
        var refused = RefusedItems.Read(folder);
        var values = refused.Count(i => i.Event is null);
        var files = new List<(string Path, FileInfo File)>();
        foreach (var e in Waiting(folder).Concat(refused.Select(i => i.Event).OfType<JournalEvent>()))
        {
            values += e.IsBatched || e.Kind == EventKind.Dataset ? 1 : 0;
            files.AddRange(e.Files.Select(file => (file.Key, new FileInfo(Path.Combine(folder, file.Value)))).Where(file => file.Item2.Exists));
        }

        return new KeptItems(values, [.. files.Select(f => f.Path)], files.Sum(f => f.File.Length), [.. refused.Select(i => i.Reason).Distinct()]);
    }

    /// <summary>For example <c>120 values and 2 files (plots/loss.svg, backbone.safetensors; 1.3 MB)</c>; the end of the run when that is all.</summary>
    public override string ToString()
    {
        var values = string.Create(CultureInfo.InvariantCulture, $"{Values} value{(Values == 1 ? "" : "s")}");
        var names = string.Join(", ", Files.Take(MostNames)) + (Files.Count > MostNames ? ", ..." : "");
        var files = string.Create(CultureInfo.InvariantCulture, $"{Files.Count} file{(Files.Count == 1 ? "" : "s")} ({names}; {SizeText.Of(Bytes)})");
        return (Values, Files.Count) switch
        {
            (0, 0) => "the end of the run",
            (_, 0) => values,
            (0, _) => files,
            _ => $"{values} and {files}",
        };
    }

    private static IEnumerable<JournalEvent> Waiting(string folder)
    {
        var file = Path.Combine(folder, RunJournal.EventsName);
        if (!File.Exists(file))
        {
            yield break;
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, ReadSize);
        stream.Seek(Math.Min(RunJournal.ReadState(folder).Offset, stream.Length), SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (JournalJson.TryRead(Encoding.UTF8.GetBytes(line)) is { } e)
            {
                yield return e;
            }
        }
    }
}
