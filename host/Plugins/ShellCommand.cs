namespace Parallax.Host.Plugins;

/// <summary>Commands that messages give to paste into a shell.</summary>
internal static class ShellCommand
{
    private const string Plain = "_-./:=,@+";

    /// <summary>A command of this program.</summary>
    /// <param name="words">Its words as the program receives them.</param>
    /// <param name="folders">Where this process looks for plugins: the command names those that its own command line names, too; null where it needs none.
    /// </param>
    public static string Of(IEnumerable<string> words, PluginFolders? folders = null)
    {
        var plugins = (folders?.OfCommandLine ?? []).SelectMany(folder => (string[])["--plugins", folder]);

        return string.Join(' ', words.Concat(plugins).Select(Word).Prepend("parallax"));
    }

    /// <summary>A word as a shell reads it back: in single quotes where it has a character that could mean something there.</summary>
    /// <param name="text">The word.</param>
    public static string Word(string text) =>
        text.Length > 0 && text.All(letter => char.IsLetterOrDigit(letter) || Plain.Contains(letter, StringComparison.Ordinal)) ? text
            : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
