namespace Parallax.Host.Export;

/// <summary>A file that appears under its name only when it was checked; until then, and when it fails, nothing lies there.</summary>
internal sealed class ExportFile : IDisposable
{
    private readonly string _path, _asked;
    private readonly bool _replaces;

    /// <summary>Sees that it can be written, before anything long is begun.</summary>
    /// <param name="path">Where it shall be.</param>
    /// <param name="replaces">Whether a file there may be replaced.</param>
    /// <exception cref="ConfigurationException">There is a file and it may not, a folder has the name, or the disk does not take one.</exception>
    public ExportFile(string path, bool replaces)
    {
        (_path, _asked, _replaces) = (Path.GetFullPath(path), path, replaces);
        if (Directory.Exists(_path) || Path.EndsInDirectorySeparator(_path))
        {
            throw new ConfigurationException($"--out is '{path}', which is a folder. Give the name of a file in it.");
        }

        RequireFree();
        Unfinished = Path.Combine(Path.GetDirectoryName(_path) ?? "/", $".{Path.GetFileName(_path)}.{Environment.ProcessId}.unfinished");
        UnfinishedFiles.Add(Unfinished);
        Fill(unfinished =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(unfinished)!);
            File.Create(unfinished).Dispose();
        });
    }

    /// <summary>Where it is written and checked.</summary>
    public string Unfinished { get; }

    /// <summary>Writes it.</summary>
    /// <param name="write">Takes the path to write to.</param>
    /// <exception cref="ConfigurationException">The disk does not take it.</exception>
    public void Fill(Action<string> write)
    {
        try
        {
            write(Unfinished);
        }
        catch (Exception e) when (RunFile.IsOfTheDisk(e))
        {
            Dispose();
            throw new ConfigurationException(
                $"--out is '{_asked}', which cannot be written: {RunFile.Reason(e)} Give a file in a folder that takes it.");
        }
    }

    /// <summary>Gives it its name.</summary>
    /// <exception cref="ConfigurationException">A file has it by now and may not be replaced, or the disk does not take it.</exception>
    public void Finish()
    {
        RequireFree();
        Fill(unfinished => AtomicFile.Rename(unfinished, _path, _replaces));
    }

    /// <summary>Removes what was not finished.</summary>
    public void Dispose()
    {
        if (File.Exists(Unfinished))
        {
            File.Delete(Unfinished);
        }

        UnfinishedFiles.Forget(Unfinished);
    }

    private void RequireFree()
    {
        if (File.Exists(_path) && !_replaces)
        {
            throw new ConfigurationException($"--out is '{_asked}', which exists. Give another name, or --force to replace it.");
        }
    }
}
