namespace Parallax.Host.Tracking;

/// <summary>
/// The database schema of MLflow 2.8: it opens in every version since, newer ones upgrade it in place. Creates its tables in a new file, and finds out
/// whether an existing file can be written.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>Revision of the schema, never a newer one: MLflow upgrades files, but never opens one newer than itself.</summary>
    public const string Revision = "acf3f17fdcc7";

    private const string ResourceName = "mlflow-2.8.sql";

    // The columns that are written. Newer schemas add others, with defaults.
    private static readonly Dictionary<string, string[]> Written = new()
    {
        ["experiments"] = ["experiment_id", "name", "artifact_location", "lifecycle_stage", "creation_time", "last_update_time"],
        ["runs"] =
        [
            "run_uuid", "name", "source_type", "source_name", "entry_point_name", "user_id", "status", "start_time", "end_time", "source_version",
            "lifecycle_stage", "artifact_uri", "experiment_id", "deleted_time",
        ],
        ["metrics"] = ["key", "value", "timestamp", "run_uuid", "step", "is_nan"],
        ["latest_metrics"] = ["key", "value", "timestamp", "step", "is_nan", "run_uuid"],
        ["params"] = ["key", "value", "run_uuid"],
        ["tags"] = ["key", "value", "run_uuid"],
        ["datasets"] = ["dataset_uuid", "experiment_id", "name", "digest", "dataset_source_type", "dataset_source", "dataset_schema", "dataset_profile"],
        ["inputs"] = ["input_uuid", "source_type", "source_id", "destination_type", "destination_id"],
        ["input_tags"] = ["input_uuid", "name", "value"],
    };

    /// <summary>Makes the file ready.</summary>
    /// <param name="database">Open for writing.</param>
    /// <param name="artifactRoot">Artifact location of experiment 0, without the number.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <returns>A notice for the user when the file is older than what is written here, or its revision is not known; else null.</returns>
    /// <exception cref="StoreException">The file is not a tracking store, or one that cannot be written.</exception>
    public static string? Prepare(SqliteDatabase database, string artifactRoot, long now)
    {
        string? notice = null;
        database.InTransaction(() =>
        {
            var tables = database.Query(r => r.GetString(0), "SELECT name FROM sqlite_master WHERE type = 'table'").ToHashSet();
            if (tables.Count == 0)
            {
                Create(database, artifactRoot, now);
                return;
            }

            notice = Check(database, tables);
        });
        return notice;
    }

    /// <summary>
    /// The statements, in MLflow's own formatting: its migrations read this text again and need one column or constraint per line, upper-case keywords and
    /// these names. All tables are there, also those that stay empty.
    /// </summary>
    public static string ReadStatements()
    {
        using var reader = new StreamReader(typeof(SqliteSchema).Assembly.GetManifestResourceStream(ResourceName)!);
        return reader.ReadToEnd();
    }

    private static void Create(SqliteDatabase database, string artifactRoot, long now)
    {
        foreach (var statement in ReadStatements().Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            database.Execute(statement);
        }

        database.Execute("INSERT INTO alembic_version (version_num) VALUES ($a)", Revision);
        database.Execute(
            "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time) " +
            "VALUES (0, 'Default', $a, 'active', $b, $b)", artifactRoot + "/0", now);
    }

    private static string? Check(SqliteDatabase database, HashSet<string> tables)
    {
        if (!tables.Contains("alembic_version") || database.Scalar("SELECT version_num FROM alembic_version") is not string revision)
        {
            throw Refuse(database, "is a SQLite database, but not an MLflow store (it has no revision).", "Choose another file with tracking.uri.");
        }

        var origin = SqliteRevisions.Describe(revision);
        var upgrade = $"mlflow db upgrade sqlite:///{database.File}";
        foreach (var (table, columns) in Written)
        {
            CheckTable(database, tables, table, columns, origin, upgrade);
        }

        return SqliteRevisions.IsTested(revision) ? null
            : SqliteRevisions.IsOlder(revision)
                ? $"The tracking file {database.File} is {origin}, older than the tables of 2.8 that this program writes. They fit, so it is used; " +
                    $"'{upgrade}' with a newer MLflow brings it up to date."
                : $"The tracking file {database.File} is {origin}. Its tables fit, so it is used.";
    }

    private static void CheckTable(SqliteDatabase database, HashSet<string> tables, string table, string[] columns, string origin, string upgrade)
    {
        var present = database.Query(r => (Name: r.GetString(1), Required: r.GetBoolean(3) && r.IsDBNull(4)), $"PRAGMA table_info({table})");
        var missing = tables.Contains(table) ? columns.FirstOrDefault(c => present.All(p => p.Name != c)) is { } column ? $"column " +
            $"'{table}.{column}'" : null : $"table '{table}'";
        if (missing is not null)
        {
            throw Refuse(database, $"is {origin} and has no {missing}; written are files of MLflow 2.8 and later.", $"Run '{upgrade}' with MLflow 2.8 or " +
                "later, or choose another file with tracking.uri.");
        }

        if (present.FirstOrDefault(p => p.Required && !columns.Contains(p.Name)) is { Name: { } foreign })
        {
            throw Refuse(
                database, $"is {origin}; its column '{table}.{foreign}' must be filled, and what it means is not known here.",
                "Log to an MLflow server that uses this file (tracking.uri: http://...), or choose another file with tracking.uri.");
        }
    }

    private static StoreException Refuse(SqliteDatabase database, string what, string advice) =>
        new(StoreFailure.Refused, $"The tracking file {database.File} {what} {advice}");
}
