namespace Parallax.Host.Tracking;

/// <summary>
/// Finds the files of a tracking file that was moved. MLflow keeps absolute addresses of files in the database; when a folder that they name is gone, and one
/// of the same name is beside the database, the addresses are changed to that one.
/// </summary>
internal static class MovedArtifacts
{
    // A location is the folder of an experiment; a run's files are below it, and MLflow keeps their whole address, too.
    private const string Locations =
        "SELECT artifact_location FROM experiments WHERE artifact_location IS NOT NULL UNION " +
        "SELECT substr(artifact_uri, 1, length(artifact_uri) - length(run_uuid) - 11) FROM runs WHERE artifact_uri LIKE '%/' || run_uuid || '/artifacts'";

    // Addresses that newer MLflows keep elsewhere, where these tables are.
    private static readonly (string Table, string Column)[] Others =
        [("model_versions", "source"), ("model_versions", "storage_location"), ("logged_models", "artifact_location")];

    /// <summary>Changes the addresses that lead nowhere.</summary>
    /// <param name="database">Open for writing, with MLflow's tables in it.</param>
    /// <returns>What was changed, for the user; null when nothing was.</returns>
    public static string? Repair(SqliteDatabase database)
    {
        var folder = Path.GetDirectoryName(database.File)!;
        var moved = database.Query(r => r.GetString(0), Locations).Select(old => (Old: old, New: Find(old, folder))).Where(m => m.New is not null).ToList();
        if (moved.Count == 0)
        {
            return null;
        }

        List<(string Old, string New, int Runs)> rewritten = [];
        database.InTransaction(() => rewritten = [.. moved.Select(m => (m.Old, m.New!, Rewrite(database, m.Old, m.New!)))]);
        return Describe(database.File, folder, [.. rewritten.Where(m => m.Runs > 0)]);
    }

    private static string? Describe(string file, string folder, List<(string Old, string New, int Runs)> moved)
    {
        if (moved.Count == 0)
        {
            return null;   // experiments without runs
        }

        string Root(string location) => Path.GetDirectoryName(LocalArtifacts.Folder(location, folder))!;
        var runs = moved.Sum(m => m.Runs);
        var isWhole = moved.TrueForAll(m => Directory.Exists(LocalArtifacts.Folder(m.New, folder)));
        var missing = isWhole ? "" : " Not all of them are there: copy the rest to the same place.";
        return $"The tracking file {file} was moved. The files of its runs were in {Root(moved[0].Old)}, which is gone; "
            + $"the addresses of {runs} {(runs == 1 ? "run" : "runs")} now lead to {Root(moved[0].New)}.{missing}";
    }

    // Null when the address leads somewhere, is relative or a server's, or nothing beside the database could be meant.
    private static string? Find(string location, string folder)
    {
        var old = IsAbsolute(location) ? LocalArtifacts.Folder(location, folder) : null;
        if (old is null || Directory.Exists(old) || Path.GetDirectoryName(old) is not { } oldRoot)
        {
            return null;
        }

        var root = Path.Combine(folder, Path.GetFileName(oldRoot));
        var found = Path.Combine(root, Path.GetFileName(old));
        var isMeant = Directory.Exists(found) || (!Directory.Exists(oldRoot) && (Directory.Exists(root) || IsAllGone(oldRoot)));
        return !isMeant || found == old ? null : location.StartsWith("file:", StringComparison.OrdinalIgnoreCase) ? new Uri(found).AbsoluteUri : found;
    }

    // The database alone was moved: files that are still to come do not go to where it was.
    private static bool IsAllGone(string oldRoot) =>
        Path.GetFileName(oldRoot) == SqliteStore.ArtifactFolder && !Directory.Exists(Path.GetDirectoryName(oldRoot));

    private static bool IsAbsolute(string location) => location.StartsWith("file:/", StringComparison.OrdinalIgnoreCase) || Path.IsPathRooted(location);

    private static int Rewrite(SqliteDatabase database, string old, string replacement)
    {
        database.Execute("UPDATE experiments SET artifact_location = $b WHERE artifact_location = $a", old, replacement);
        foreach (var (table, column) in Others)
        {
            if (database.Scalar("SELECT 1 FROM pragma_table_info($a) WHERE name = $b", table, column) is not null)
            {
                Replace(database, table, column, old, replacement);
            }
        }

        return Replace(database, "runs", "artifact_uri", old, replacement);
    }

    private static int Replace(SqliteDatabase database, string table, string column, string old, string replacement) => database.Execute(
        $"UPDATE {table} SET {column} = $b || substr({column}, length($a) + 1) WHERE substr({column}, 1, length($a) + 1) = $a || '/'", old, replacement);
}
