using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace Parallax.Host.Tracking;

/// <summary>The file <c>MLmodel</c>, which says what is in the folder of a model and how MLflow loads it.</summary>
/// <remarks>
/// The format of MLflow 2.8 where a model is a folder of a run, that of 3.0 where it is a logged model: later versions to 3.12 add nothing that must be there.
/// https://mlflow.org/docs/latest/ml/model/.
/// </remarks>
internal static class ModelFile
{
    /// <summary>Name of the file.</summary>
    public const string Name = "MLmodel";

    /// <summary>Name of the folder of a model below its run.</summary>
    public const string FolderName = "model";

    /// <summary>Names of other files that it names.</summary>
    public const string DataName = "model.onnx", ExampleName = "input_example.json", ServingName = "serving_input_example.json";

    private const string OfFolders = "2.8.0", OfLoggedModels = "3.0.0";

    private static readonly string[] Providers = ["CUDAExecutionProvider", "CPUExecutionProvider"];

    /// <summary>The content.</summary>
    /// <param name="model">The model.</param>
    /// <param name="runId">The run that made it.</param>
    /// <param name="artifactPath">Path of its folder below the run; of a logged model, the address of its files.</param>
    /// <param name="modelId">Identifier of a logged model; null for a folder of a run.</param>
    public static string Text(ModelEntry model, string runId, string artifactPath, string? modelId)
    {
        var tree = new YamlMappingNode
        {
            { "artifact_path", Word(artifactPath) },
            { "flavors", Flavors() },
            { "metadata", Words(model.Metadata) },
            { "mlflow_version", Word(modelId is null ? OfFolders : OfLoggedModels) },
            { "model_size_bytes", Plain(model.Bytes.ToString(CultureInfo.InvariantCulture)) },
            { "model_uuid", Word(modelId ?? model.Key) },
            { "run_id", Word(runId) },
            { "saved_input_example_info", Example() },
            { "signature", Signature(model) },
            { "utc_time_created", Word(Created(model)) },
        };
        if (modelId is not null)
        {
            tree.Add("is_signature_from_type_hint", Plain("false"));
            tree.Add("model_id", Word(modelId));
            tree.Add("prompts", Plain("null"));
            tree.Add("type_hint_from_example", Plain("false"));
        }

        return new SerializerBuilder().WithNewLine("\n").Build().Serialize(tree);
    }

    /// <summary>What MLflow before 3 notes about a model in a tag of its run.</summary>
    public static JsonObject Record(ModelEntry model, string runId, string artifactPath) => new()
    {
        ["run_id"] = runId,
        ["artifact_path"] = artifactPath,
        ["utc_time_created"] = Created(model),
        ["model_uuid"] = model.Key,
        ["flavors"] = new JsonObject
        {
            ["python_function"] = new JsonObject
            {
                ["loader_module"] = "mlflow.onnx",
                ["python_version"] = ModelEnvironment.Python,
                ["data"] = DataName,
                ["env"] = new JsonObject { ["conda"] = ModelEnvironment.CondaName, ["virtualenv"] = ModelEnvironment.PythonName },
            },
            ["onnx"] = new JsonObject { ["onnx_version"] = ModelEnvironment.Onnx, ["data"] = DataName, ["code"] = null },
        },
    };

    private static YamlMappingNode Flavors() => new()
    {
        {
            "onnx", new YamlMappingNode
            {
                { "code", Plain("null") },
                { "data", Word(DataName) },
                { "onnx_session_options", Plain("null") },
                { "onnx_version", Word(ModelEnvironment.Onnx) },
                { "providers", new YamlSequenceNode(Providers.Select(Word)) },
            }
        },
        {
            "python_function", new YamlMappingNode
            {
                { "data", Word(DataName) },
                { "env", new YamlMappingNode { { "conda", Word(ModelEnvironment.CondaName) }, { "virtualenv", Word(ModelEnvironment.PythonName) } } },
                { "loader_module", Word("mlflow.onnx") },
                { "python_version", Word(ModelEnvironment.Python) },
            }
        },
    };

    private static YamlMappingNode Example() => new()
    {
        { "artifact_path", Word(ExampleName) },
        { "format", Word("tf-serving") },
        { "serving_input_path", Word(ServingName) },
        { "type", Word("ndarray") },
    };

    private static YamlMappingNode Signature(ModelEntry model) => new()
    {
        { "inputs", Word(Tensor(model.Input)) },
        { "outputs", Word(Tensor(model.Output)) },
        { "params", Plain("null") },
    };

    private static string Tensor(ModelTensor tensor)
    {
        var entry = new JsonObject
        {
            ["type"] = "tensor",
            ["tensor-spec"] = new JsonObject { ["dtype"] = "float32", ["shape"] = new JsonArray([.. tensor.Shape.Select(side => (JsonNode)side)]) },
        };
        if (tensor.Name is { } name)
        {
            entry["name"] = name;
        }

        return new JsonArray(entry).ToJsonString();
    }

    private static string Created(ModelEntry model) =>
        DateTimeOffset.FromUnixTimeMilliseconds(model.Time).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private static YamlMappingNode Words(IReadOnlyDictionary<string, string> entries) =>
        new(entries.Select(entry => KeyValuePair.Create<YamlNode, YamlNode>(Word(entry.Key), Word(entry.Value))));

    // In quotes, so that no reader takes a version for a number or a date.
    private static YamlNode Word(string text) => new YamlScalarNode(text) { Style = ScalarStyle.SingleQuoted };

    private static YamlScalarNode Plain(string text) => new YamlScalarNode(text) { Style = ScalarStyle.Plain };
}
