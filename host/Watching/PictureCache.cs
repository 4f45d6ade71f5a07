using Parallax.Host.Tracking;

namespace Parallax.Host.Watching;

/// <summary>A picture that was read.</summary>
/// <param name="Picture">What it is.</param>
/// <param name="Png">The file.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
internal sealed record LoadedPicture(RunPicture Picture, byte[] Png, int Width, int Height);

/// <summary>
/// The newest pictures of runs. Those whose names have a step are read once: others are written anew under the same name. Not thread-safe.
/// </summary>
/// <param name="time">Clock.</param>
internal sealed class PictureCache(TimeProvider time)
{
    private const long MostBytes = 64 << 20;

    /// <summary>A picture that could not be read is not asked for again so soon.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly OrderedDictionary<(string RunId, string Path), LoadedPicture> _pictures = [];   // the first read first
    private readonly Dictionary<(string RunId, string Path), DateTimeOffset> _failures = [];

    /// <summary>The newest picture of each name. Those without a step count where there are no others.</summary>
    public async Task<IReadOnlyList<LoadedPicture>> ReadAsync(RunReader reader, StoredRun run, CancellationToken cancellation)
    {
        var newest = RunPicture.Newest(await reader.ListFilesAsync(run, RunPicture.ByStep, cancellation));
        if (newest.Count == 0)
        {
            newest = RunPicture.Singles(await reader.ListFilesAsync(run, RunPicture.Single, cancellation));
        }

        var loaded = new List<LoadedPicture>();
        foreach (var picture in newest)
        {
            if (await LoadAsync(reader, run, picture, cancellation) is { } one)
            {
                loaded.Add(one);
            }
        }

        return loaded;
    }

    /// <summary>A picture that was read already; null when it was not, or may have changed.</summary>
    public LoadedPicture? Find(string runId, string file) =>
        _pictures.FirstOrDefault(entry => entry.Key.RunId == runId && entry.Value.Picture.File == file).Value;

    private async Task<LoadedPicture?> LoadAsync(RunReader reader, StoredRun run, RunPicture picture, CancellationToken cancellation)
    {
        var (key, now) = ((run.RunId, picture.Path), time.GetUtcNow());
        if (_pictures.TryGetValue(key, out var known) || (_failures.TryGetValue(key, out var failed) && now - failed < Pause))
        {
            return known;
        }

        if (await reader.ReadFileAsync(run, picture.Path, cancellation) is not { } png || RunPicture.SizeOf(png) is not (var width, var height))
        {
            foreach (var old in _failures.Where(failure => now - failure.Value >= Pause).Select(failure => failure.Key).ToList())
            {
                _failures.Remove(old);
            }

            _failures[key] = now;

            return null;
        }

        var loaded = new LoadedPicture(picture, png, width, height);
        if (picture.Step is not null)
        {
            Keep(key, loaded);
        }

        return loaded;
    }

    private void Keep((string RunId, string Path) key, LoadedPicture loaded)
    {
        _pictures[key] = loaded;
        while (_pictures.Count > 1 && _pictures.Values.Sum(picture => (long)picture.Png.Length) > MostBytes)
        {
            _pictures.RemoveAt(0);
        }
    }
}
