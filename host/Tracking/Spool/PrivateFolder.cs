namespace Parallax.Host.Tracking;

/// <summary>A folder below one that everybody may write to, such as <c>/tmp</c>, which nobody else can have prepared.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Makes the folder for this user alone, or takes the one that is there when it is this user's and nobody else could write to it.</summary>
    /// <exception cref="IOException">It is another one's, or a link.</exception>
    /// <exception cref="UnauthorizedAccessException">It is another one's.</exception>
    public static void Make(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);   // the folder for temporary files is the user's own there
            return;
        }

        Directory.CreateDirectory(folder, Mine);
        if (new DirectoryInfo(folder).LinkTarget is not null || (File.GetUnixFileMode(folder) & OthersWrite) != UnixFileMode.None)
        {
            throw new IOException($"The folder {folder} may be another user's: others can write to it, or it is a link.");
        }

        File.SetUnixFileMode(folder, Mine);   // only the owner may
    }
}
