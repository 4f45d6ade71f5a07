using Parallax.Host.Embeddings;

namespace Parallax.Host.Cli;

/// <summary>Tables that commands write where the user says.</summary>
internal static class TableFile
{
    /// <summary>Refuses a file that is no place for a table, before anything is computed.</summary>
    /// <param name="option">What names the file.</param>
    /// <param name="file">The file.</param>
    /// <param name="replaces">Whether one that is there is replaced.</param>
    /// <exception cref="ConfigurationException">It is a folder, has another ending than .csv, or is there already.</exception>
    public static void Require(string option, string file, bool replaces)
    {
        if (!file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || Directory.Exists(file))
        {
            throw new ConfigurationException($"{option} is '{file}'; expected the file of a table, for example table.csv.");
        }

        if (File.Exists(file) && !replaces)
        {
            throw new ConfigurationException($"{option} {file} is there already. Add --force to replace it, or give the name of a new file.");
        }
    }

    /// <summary>Writes a table, which appears under its name when it is complete.</summary>
    /// <param name="option">What names the file.</param>
    /// <param name="file">The file.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <param name="rows">A field for each column; nothing else is read from a disk while they are made.</param>
    /// <exception cref="ConfigurationException">The disk does not take it.</exception>
    public static void Write(string option, string file, IReadOnlyList<string> columns, IEnumerable<IEnumerable<string>> rows)
    {
        try
        {
            CsvEmbeddings.WriteRows(file, columns, rows);
        }
        catch (Exception fault) when (RunFile.IsOfTheDisk(fault))
        {
            throw new ConfigurationException($"{option} {file} cannot be written: {RunFile.Reason(fault)} Make room on that disk, correct its permissions, or "
                + "give another file.");
        }
    }
}
