using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parallax.Host.Tracking;

/// <summary>Models and the registry in a tracking file, row by row as an MLflow server writes them. Called inside a transaction.</summary>
/// <param name="database">Open for writing, with MLflow's tables in it.</param>
/// <param name="now">Milliseconds since 1970.</param>
internal sealed class SqliteModels(SqliteDatabase database, long now)
{
    private const int Pending = 1, Ready = 2;   // of logged models
    private const string VersionsTag = "mlflow.modelVersions";

    // The tables came with MLflow 3.0; a file that only older ones opened, or none, has none.
    private bool HasLoggedModels => database.Scalar("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'logged_models'") is not null;

    /// <inheritdoc cref="IModelStore.BeginModelAsync"/>
    public LoggedModel? Begin(StoredRun run, ModelEntry model, bool makes)
    {
        if (!HasLoggedModels)
        {
            return null;
        }

        var (id, experiment) = ($"m-{model.Key}", long.Parse(run.ExperimentId, CultureInfo.InvariantCulture));
        var location = database.Scalar("SELECT artifact_location FROM experiments WHERE experiment_id = $a", experiment);
        const string columns = "model_id, experiment_id, name, artifact_location, creation_timestamp_ms, last_updated_timestamp_ms, status, lifecycle_stage, "
            + "source_run_id";
        if (makes && database.Insert(
            "logged_models", columns, id, experiment, model.Name, $"{location}/models/{id}/artifacts", now, now, Pending, "active", run.RunId))
        {
            foreach (var (key, value) in model.Params)
            {
                database.Insert("logged_model_params", "model_id, experiment_id, param_key, param_value", id, experiment, key, value);
            }

            database.Insert("logged_model_tags", "model_id, experiment_id, tag_key, tag_value", id, experiment, ModelNames.KeyTag, model.Key);
        }

        var stored = database.Query(
            r => new LoggedModel(id, r.GetString(0), r.GetInt64(1) == Ready), "SELECT artifact_location, status FROM logged_models WHERE model_id = $a", id);

        return stored.Count > 0 ? stored[0] : null;
    }

    /// <inheritdoc cref="IModelStore.FinishModelAsync"/>
    public void Finish(string runId, LoggedModel logged, long step)
    {
        database.Insert(
            "inputs", "input_uuid, source_type, source_id, destination_type, destination_id, step", Guid.NewGuid().ToString("N"), "RUN_OUTPUT", runId,
            "MODEL_OUTPUT", logged.Id, step);
        database.Execute("UPDATE logged_models SET status = $a, last_updated_timestamp_ms = $b WHERE model_id = $c", Ready, now, logged.Id);
    }

    /// <inheritdoc cref="IModelStore.FindVersionAsync"/>
    public ModelVersion? FindVersion(string name, string key) =>
        database.Scalar("SELECT max(version) FROM model_version_tags WHERE name = $a AND key = $b AND value = $c", name, ModelNames.KeyTag, key) is long version
            ? new(name, version.ToString(CultureInfo.InvariantCulture)) : null;

    /// <inheritdoc cref="IModelStore.RegisterAsync"/>
    public ModelVersion Register(NewVersion version)
    {
        database.Insert("registered_models", "name, creation_time, last_updated_time", version.Name, now, now);
        var number = 1 + (database.Scalar("SELECT max(version) FROM model_versions WHERE name = $a", version.Name) is long last ? last : 0);
        database.Insert(
            "model_versions", "name, version, creation_time, last_updated_time, current_stage, source, run_id, status, storage_location",
            version.Name, number, now, now, "None", version.Source, version.RunId, "READY", version.Location);
        database.Insert("model_version_tags", "key, value, name, version", ModelNames.KeyTag, version.Key, version.Name, number);
        database.Execute("UPDATE registered_models SET last_updated_time = $a WHERE name = $b", now, version.Name);
        if (version.ModelId is { } id)
        {
            NoteVersion(id, version.Name, number);
        }

        return new(version.Name, number.ToString(CultureInfo.InvariantCulture));
    }

    /// <inheritdoc cref="IModelStore.SetAliasAsync"/>
    public void SetAlias(ModelVersion version, string alias)
    {
        database.Execute("DELETE FROM registered_model_aliases WHERE name = $a AND alias = $b", version.Name, alias);
        database.Insert(
            "registered_model_aliases", "alias, version, name", alias, long.Parse(version.Version, CultureInfo.InvariantCulture), version.Name);
    }

    // By this tag MLflow shows at a logged model which versions were made of it.
    private void NoteVersion(string id, string name, long number)
    {
        var noted = database.Scalar("SELECT tag_value FROM logged_model_tags WHERE model_id = $a AND tag_key = $b", id, VersionsTag) as string;
        var versions = (noted is null ? null : TryRead(noted)) ?? [];
        versions.Add(new JsonObject { ["name"] = name, ["version"] = number });
        database.Execute(
            "INSERT INTO logged_model_tags (model_id, experiment_id, tag_key, tag_value) "
            + "SELECT model_id, experiment_id, $b, $c FROM logged_models WHERE model_id = $a "
            + "ON CONFLICT (model_id, tag_key) DO UPDATE SET tag_value = excluded.tag_value", id, VersionsTag, versions.ToJsonString());
    }

    private static JsonArray? TryRead(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonArray;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
