using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Parallax.Host.Tests.Tracking;

/// <summary>A logged model of <see cref="FakeMlflowServer"/>.</summary>
internal sealed class FakeModel(string id, JsonNode request, string artifactUri)
{
    public string Id { get; } = id;

    public string RunId { get; } = (string)request["source_run_id"]!;

    public string ArtifactUri { get; } = artifactUri;

    public string Status { get; set; } = "LOGGED_MODEL_PENDING";

    public JsonNode Request { get; } = request.DeepClone();

    public JsonObject ToJson() => new()
    {
        ["info"] = new JsonObject
        {
            ["model_id"] = Id, ["experiment_id"] = (string)Request["experiment_id"]!, ["name"] = (string)Request["name"]!, ["artifact_uri"] = ArtifactUri,
            ["status"] = Status, ["source_run_id"] = RunId, ["tags"] = Request["tags"]!.DeepClone(),
        },
        ["data"] = new JsonObject { ["params"] = Request["params"]!.DeepClone() },
    };
}

/// <summary>The part of an MLflow server that keeps logged models and the registry, as strict as 3.12; a server before 3.0 has the registry only.</summary>
internal sealed class FakeModels
{
    /// <summary>False as before MLflow 3.0.</summary>
    public bool KnowsLoggedModels { get; set; } = true;

    public List<FakeModel> Logged { get; } = [];

    public HashSet<string> Registered { get; } = [];

    public List<JsonObject> Versions { get; } = [];

    /// <summary>Version by name of model and alias.</summary>
    public Dictionary<(string Name, string Alias), string> Aliases { get; } = [];

    /// <summary>Answers a call; null where there is none of that name.</summary>
    public (int Status, string Body)? Handle(HttpListenerRequest request, string path, JsonNode json, Func<string, FakeRun?> run, string root) => path switch
    {
        "mlflow/registered-models/create" => Registered.Add((string)json["name"]!) ? (200, "{\"registered_model\":{}}")
            : Error(400, "RESOURCE_ALREADY_EXISTS", "Registered Model already exists."),
        "mlflow/registered-models/alias" => SetAlias(json),
        "mlflow/model-versions/create" => CreateVersion(json, run),
        "mlflow/model-versions/search" => SearchVersions(request.QueryString["filter"]!, request.QueryString["max_results"]),
        _ when !KnowsLoggedModels => null,
        "mlflow/logged-models" => Create(json, root),
        "mlflow/logged-models/search" => Search(json),
        "mlflow/runs/outputs" => LogOutputs(json, run),
        _ when request.HttpMethod == "PATCH" && path.StartsWith("mlflow/logged-models/", StringComparison.Ordinal) => Finish(path.Split('/')[^1], json),
        _ => null,
    };

    private (int, string) Create(JsonNode json, string root)
    {
        if (((string)json["name"]!).IndexOfAny(['/', ':', '.', '%', '"', '\'']) >= 0)
        {
            return Error(400, "INVALID_PARAMETER_VALUE", "Invalid model name");
        }

        var id = $"m-{Guid.NewGuid():N}";
        Logged.Add(new(id, json, $"{root}/models/{id}/artifacts"));

        return (200, new JsonObject { ["model"] = Logged[^1].ToJson() }.ToJsonString());
    }

    private (int, string) Search(JsonNode json)
    {
        if (json["max_results"] is null || (int)json["max_results"]! > 50 || json["experiment_ids"]!.AsArray().Count == 0)
        {
            return Error(400, "INVALID_PARAMETER_VALUE", "max_results");
        }

        var wanted = ((string)json["filter"]!).Split('\'');   // source_run_id = 'ID'
        var found = Logged.Where(model => wanted[0] == "source_run_id = " && model.RunId == wanted[1]);

        return (200, new JsonObject { ["models"] = new JsonArray([.. found.Select(model => model.ToJson())]) }.ToJsonString());
    }

    // A second time, the row is there already.
    private static (int, string) LogOutputs(JsonNode json, Func<string, FakeRun?> run)
    {
        var output = json["models"]!.AsArray().Single()!;
        var id = (string)output["model_id"]!;
        if (run((string)json["run_id"]!) is not { } made || made.Outputs.Exists(o => o.ModelId == id))
        {
            return Error(400, "BAD_REQUEST", "UNIQUE constraint failed: inputs.source_type");
        }

        made.Outputs.Add((id, (long)output["step"]!));

        return (200, "{}");
    }

    private (int, string) Finish(string id, JsonNode json)
    {
        var model = Logged.Single(model => model.Id == id && id == (string)json["model_id"]!);
        model.Status = (string)json["status"]!;

        return (200, new JsonObject { ["model"] = model.ToJson() }.ToJsonString());
    }

    private (int, string) CreateVersion(JsonNode json, Func<string, FakeRun?> run)
    {
        var (name, source, runId) = ((string)json["name"]!, (string)json["source"]!, (string)json["run_id"]!);
        if (!Registered.Contains(name))
        {
            return Error(404, "RESOURCE_DOES_NOT_EXIST", $"Registered Model with name={name} not found");
        }

        var isLogged = Logged.Exists(model => source == $"models:/{model.Id}" && model.Id == (string?)json["model_id"]);
        if (!isLogged && run(runId)?.ArtifactUri is var root && !source.StartsWith(root + "/", StringComparison.Ordinal))
        {
            return Error(400, "INVALID_PARAMETER_VALUE", $"Invalid model version source: '{source}'.");
        }

        var number = Versions.Count(version => (string)version["name"]! == name) + 1;
        var made = new JsonObject
        {
            ["name"] = name, ["version"] = number.ToString(CultureInfo.InvariantCulture), ["source"] = source, ["run_id"] = runId, ["status"] = "READY",
            ["tags"] = json["tags"]!.DeepClone(),
        };
        Versions.Add(made);

        return (200, new JsonObject { ["model_version"] = made.DeepClone() }.ToJsonString());
    }

    private (int, string) SearchVersions(string filter, string? maxResults)
    {
        var wanted = filter.Split('\'');   // name='NAME'
        if (maxResults is null || wanted is not ["name=", _, ""])
        {
            return Error(400, "INVALID_PARAMETER_VALUE", filter);
        }

        var found = Versions.Where(version => (string)version["name"]! == wanted[1]).Select(version => version.DeepClone());

        return (200, new JsonObject { ["model_versions"] = new JsonArray([.. found]) }.ToJsonString());
    }

    private (int, string) SetAlias(JsonNode json)
    {
        Aliases[((string)json["name"]!, (string)json["alias"]!)] = (string)json["version"]!;

        return (200, "{}");
    }

    private static (int, string) Error(int status, string code, string message) =>
        (status, new JsonObject { ["error_code"] = code, ["message"] = message }.ToJsonString());
}
