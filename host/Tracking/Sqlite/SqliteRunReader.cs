using Microsoft.Data.Sqlite;

namespace Parallax.Host.Tracking;

/// <summary>Reads runs and curves from a tracking file.</summary>
internal sealed class SqliteRunReader(SqliteDatabase database)
{
    private const string Columns =
        "SELECT r.run_uuid, r.experiment_id, r.name, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage FROM runs r";

    private const string Points = "SELECT key, value, timestamp, step, is_nan FROM ";

    /// <summary>The run with this identifier, or null.</summary>
    public StoredRun? Find(string runId) => database.Query(ReadRun, Columns + " WHERE r.run_uuid = $a", runId).Select(WithData).FirstOrDefault();

    /// <summary>The newest runs that are not deleted, newest first.</summary>
    public IReadOnlyList<StoredRun> Search(string? experiment, int limit)
    {
        var runs = database.Query(
            ReadRun,
            Columns + " JOIN experiments e ON e.experiment_id = r.experiment_id WHERE r.lifecycle_stage = 'active' AND ($a IS NULL OR e.name = $a) " +
            "ORDER BY r.start_time DESC, r.run_uuid LIMIT $b", experiment, limit);
        return [.. runs.Select(WithData)];
    }

    /// <summary>Runs that are not deleted and name this one as the run they are part of.</summary>
    public IReadOnlyList<StoredRun> Children(string parentRunId)
    {
        var runs = database.Query(
            ReadRun, Columns + " JOIN tags t ON t.run_uuid = r.run_uuid WHERE r.lifecycle_stage = 'active' AND t.key = $a AND t.value = $b",
            MlflowTags.ParentRunId, parentRunId);

        return [.. runs.Select(WithData)];
    }

    /// <summary>All points of a metric, by timestamp, step and value.</summary>
    public IReadOnlyList<MetricPoint> History(string runId, string key) => database.Query(
        ReadPoint, Points + "metrics WHERE run_uuid = $a AND key = $b ORDER BY timestamp, step, value", runId, key);

    private StoredRun WithData(StoredRun run) => run with
    {
        Metrics = database.Query(ReadPoint, Points + "latest_metrics WHERE run_uuid = $a", run.RunId).ToDictionary(p => p.Key),
        Params = ReadPairs("params", run.RunId),
        Tags = ReadPairs("tags", run.RunId),
    };

    private Dictionary<string, string> ReadPairs(string table, string runId) => database
        .Query(r => (Key: r.GetString(0), Value: r.IsDBNull(1) ? "" : r.GetString(1)), $"SELECT key, value FROM {table} WHERE run_uuid = $a", runId)
        .ToDictionary(p => p.Key, p => p.Value);

    private static StoredRun ReadRun(SqliteDataReader r) => new(
        r.GetString(0), r.GetInt64(1).ToString(System.Globalization.CultureInfo.InvariantCulture), r.IsDBNull(2) ? "" : r.GetString(2), r.GetString(3),
        r.IsDBNull(4) ? 0 : r.GetInt64(4), r.IsDBNull(5) ? null : r.GetInt64(5), r.IsDBNull(6) ? "" : r.GetString(6), r.GetString(7) != "active");

    private static MetricPoint ReadPoint(SqliteDataReader r) =>
        new MetricPoint(r.GetString(0), r.GetBoolean(4) ? double.NaN : r.GetDouble(1), r.GetInt64(2), r.GetInt64(3)).FromStored();
}
