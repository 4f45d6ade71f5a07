namespace Parallax.Host.Training;

/// <summary>The right to write into a folder: one program at a time has it, whoever runs it and from wherever. The system takes it back when the program
/// ends, however it ends.</summary>
internal sealed class RunLock : IDisposable
{
    public const string FileName = "lock";

    private const int ResourceUnavailable = 11;   // EAGAIN of Linux: the lock is another's

    private readonly FileStream _file;
    private bool _removes;

    private RunLock(FileStream file, bool isNew) => (_file, _removes) = (file, isNew);

    /// <summary>Takes the lock of a folder, which must exist.</summary>
    /// <returns>Null while another program has it.</returns>
    /// <exception cref="ConfigurationException">The folder cannot be written.</exception>
    public static RunLock? TryTake(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var isNew = !File.Exists(path);
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), isNew);
        }
        catch (IOException e) when (e.HResult is ResourceUnavailable)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(folder, e);
        }
    }

    /// <summary>Takes the lock of a folder from a program that is about to end: the system may need some seconds to take a large process down.</summary>
    /// <param name="folder">The folder, which must exist.</param>
    /// <param name="patience">How long to try.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Null when another program still has it after that time.</returns>
    /// <exception cref="ConfigurationException">The folder cannot be written.</exception>
    public static RunLock? TryTake(string folder, TimeSpan patience, TimeProvider time)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            if (TryTake(folder) is { } taken)
            {
                return taken;
            }

            if (time.GetElapsedTime(started) >= patience)
            {
                return null;
            }

            Task.Delay(TimeSpan.FromSeconds(0.1), time).GetAwaiter().GetResult();
        }
    }

    /// <summary>Makes a folder where there is none and takes its lock.</summary>
    /// <exception cref="ConfigurationException">The folder cannot be written, or another program has it.</exception>
    public static RunLock Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(folder, e);
        }

        return TryTake(folder) ?? throw new ConfigurationException($"Another program writes into '{folder}'. Wait for it to end, or use another folder.");
    }

    /// <summary>Leaves the file in the folder. Without it, a lock that made the file removes it again: nothing has happened then.</summary>
    public void Keep() => _removes = false;

    public void Dispose()
    {
        if (_removes)
        {
            File.Delete(_file.Name);
        }

        _file.Dispose();
    }

    private static ConfigurationException Unwritable(string folder, Exception e) => new($"The folder '{folder}' cannot be written: {e.Message} Make it "
        + "writable.");
}
