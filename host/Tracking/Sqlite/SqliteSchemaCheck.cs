namespace Parallax.Host.Tracking;

/// <summary>Creates MLflow's tables in a new file, and finds out whether an existing file can be written.</summary>
internal static class SqliteSchemaCheck
{
    // The columns that are written. Newer schemas add others, with defaults.
    private static readonly Dictionary<string, string[]> Written = new()
    {
        ["experiments"] = ["experiment_id", "name", "artifact_location", "lifecycle_stage", "creation_time", "last_update_time"],
        ["runs"] = ["run_uuid", "name", "source_type", "source_name", "entry_point_name", "user_id", "status", "start_time", "end_time", "source_version", "lifecycle_stage", "artifact_uri", "experiment_id", "deleted_time"],
        ["metrics"] = ["key", "value", "timestamp", "run_uuid", "step", "is_nan"],
        ["latest_metrics"] = ["key", "value", "timestamp", "step", "is_nan", "run_uuid"],
        ["params"] = ["key", "value", "run_uuid"],
        ["tags"] = ["key", "value", "run_uuid"],
        ["datasets"] = ["dataset_uuid", "experiment_id", "name", "digest", "dataset_source_type", "dataset_source", "dataset_schema", "dataset_profile"],
        ["inputs"] = ["input_uuid", "source_type", "source_id", "destination_type", "destination_id"],
        ["input_tags"] = ["input_uuid", "name", "value"],
    };

    private static readonly HashSet<string> KnownRevisions =
    [
        SqliteSchema.Revision, "867495a8f9d4", "5b0e9adcef9c", "4465047574b1", "f5a4f2784254", "0584bdc529eb", "6953534de441", "770bee3ae1dd", "1a0cddfcaa16",
        "71994744cf8e", "bf29a5ff90ea", "1bd49d398cd23", "2c33131f4dae", "76601a5f987d", "ae8bbe7743c9", "7d34483879f0",
    ];

    /// <summary>Makes the file ready.</summary>
    /// <param name="database">Open for writing.</param>
    /// <param name="artifactRoot">Artifact location of experiment 0, without the number.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <returns>A notice for the user when the revision is one that is not known; else null.</returns>
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

    private static void Create(SqliteDatabase database, string artifactRoot, long now)
    {
        foreach (var statement in SqliteSchema.Statements.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            database.Execute(statement);
        }

        database.Execute("INSERT INTO alembic_version (version_num) VALUES ($a)", SqliteSchema.Revision);
        database.Execute(
            "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time) VALUES (0, 'Default', $a, 'active', $b, $b)",
            artifactRoot + "/0", now);
    }

    private static string? Check(SqliteDatabase database, HashSet<string> tables)
    {
        if (!tables.Contains("alembic_version") || database.Scalar("SELECT version_num FROM alembic_version") is not string revision)
        {
            throw Refuse(database, "is a SQLite database, but not an MLflow store (it has no revision).", "Choose another file with tracking.uri.");
        }

        foreach (var (table, columns) in Written)
        {
            var upgrade = $"Run 'mlflow db upgrade sqlite:///{database.File}' with MLflow 2.8 or later, or choose another file with tracking.uri.";
            if (!tables.Contains(table))
            {
                throw Refuse(database, $"has no table '{table}' (revision {revision}; written are files from MLflow 2.8 on).", upgrade);
            }

            var present = database.Query(
                r => (Name: r.GetString(1), Required: r.GetBoolean(3) && r.IsDBNull(4)), $"PRAGMA table_info({table})");
            if (columns.FirstOrDefault(c => present.All(p => p.Name != c)) is { } missing)
            {
                throw Refuse(database, $"has no column '{table}.{missing}' (revision {revision}).", upgrade);
            }

            if (present.FirstOrDefault(p => p.Required && !columns.Contains(p.Name)) is { Name: { } foreign })
            {
                throw Refuse(
                    database, $"was upgraded by an MLflow that is newer than this program: its column '{table}.{foreign}' must be filled, and its meaning is not known here (revision {revision}).",
                    "Log to an MLflow server that uses this file (tracking.uri: http://...), or choose another file.");
            }
        }

        return KnownRevisions.Contains(revision)
            ? null
            : $"The tracking file {database.File} has revision {revision}, which is newer than those this program was tested with; its tables fit, so it is used.";
    }

    private static StoreException Refuse(SqliteDatabase database, string what, string advice) =>
        new(StoreFailure.Refused, $"The tracking file {database.File} {what} {advice}");
}
