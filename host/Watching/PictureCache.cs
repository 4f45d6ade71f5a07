using Parallax.Host.Tracking;

namespace Parallax.Host.Watching;

/// <summary>A picture that was read.</summary>
/// <param name="Picture">What it is.</param>
/// <param name="Png">The file.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
internal sealed record LoadedPicture(RunPicture Picture, byte[] Png, int Width, int Height);

/// <summary>The newest pictures of runs, each read once: a file keeps its name only when it keeps its content. Not thread-safe.</summary>
internal sealed class PictureCache
{
    private const int MostPictures = 64;
    private readonly Dictionary<(string RunId, string Path), LoadedPicture> _pictures = [];

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

    /// <summary>A picture that was read already; null when it was not.</summary>
    public LoadedPicture? Find(string runId, string file) =>
        _pictures.FirstOrDefault(entry => entry.Key.RunId == runId && entry.Value.Picture.File == file).Value;

    private async Task<LoadedPicture?> LoadAsync(RunReader reader, StoredRun run, RunPicture picture, CancellationToken cancellation)
    {
        if (_pictures.TryGetValue((run.RunId, picture.Path), out var known))
        {
            return known;
        }

        if (await reader.ReadFileAsync(run, picture.Path, cancellation) is not { } png || RunPicture.SizeOf(png) is not (var width, var height))
        {
            return null;
        }

        if (_pictures.Count >= MostPictures)
        {
            _pictures.Clear();
        }

        return _pictures[(run.RunId, picture.Path)] = new(picture, png, width, height);
    }
}
