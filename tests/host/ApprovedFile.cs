namespace Parallax.Host.Tests;

/// <summary>Files that the program writes and the repository keeps: they change on purpose only, by a run of the tests with
/// <c>PARALLAX_APPROVE=1</c>.</summary>
internal static class ApprovedFile
{
    /// <summary>Whether the files are written anew.</summary>
    public static bool IsWritten => Environment.GetEnvironmentVariable("PARALLAX_APPROVE") == "1";

    /// <summary>Requires that a file holds a text, or writes it.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="text">What the program writes.</param>
    public static void Verify(string file, string text)
    {
        if (IsWritten)
        {
            File.WriteAllText(file, text);
        }

        Assert.True(
            File.Exists(file) && File.ReadAllText(file) == text,
            $"{file} is not current. Write it with PARALLAX_APPROVE=1 ./parallax test, read the difference and commit it.");
    }
}
