using Microsoft.Extensions.DependencyInjection;
using Parallax.Contracts;
using Parallax.Host;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;
using Parallax.Host.Terminal;
using Parallax.Host.Training;
using Parallax.Tests;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>The host's own composition over the built plugin folders: whatever is discovered there is tested, nothing is listed.</summary>
internal static class ConformanceHost
{
    private static readonly Lazy<ServiceProvider> Provider = new(Build);

    public static PluginCatalog Catalog => Get<PluginCatalog>();

    /// <summary>The built plugin folders.</summary>
    public static string Plugins { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Parallax.Host", new DirectoryInfo(AppContext.BaseDirectory).Name, "plugins"));

    public static T Get<T>()
        where T : notnull => Provider.Value.GetRequiredService<T>();

    /// <summary>Names of the discovered plugins of a kind, as rows of a theory.</summary>
    public static TheoryData<string> Names(PluginKind kind) => [.. Catalog.Of(kind).Select(plugin => plugin.Name)];

    private const string SmallDecoder = ", decoderWidth: 32, decoderDepth: 1, decoderHeads: 4";

    // Clusters that the few images of these runs can begin; masks of few patches; decoders that are quick.
    private static readonly Dictionary<string, string> Fitted = new()
    {
        ["beit"] = ", vocabularySize: 16, minBlockPatches: 2",
        ["deepcluster-v2"] = ", prototypes: 16",
        ["deepcluster"] = ", clusters: 16, pcaDim: 16", ["deepercluster"] = ", clusters: 16, pcaDim: 16", ["sela"] = ", clusters: 16",
        ["i-jepa"] = ", minContextPatches: 4",
        ["cmae"] = SmallDecoder, ["macrl"] = SmallDecoder, ["mae"] = SmallDecoder, ["supmae"] = SmallDecoder, ["r-mae"] = SmallDecoder,
        ["simmim"] = ", maskPatchSize: 8", ["maskfeat-video"] = ", squareSide: 16",
        ["relative-position"] = ", embeddingDim: 32, hiddenDim: 64, dropout: 0",   // what dropout leaves is another draw in another run
        ["jigsaw"] = ", permutations: 24, embeddingDim: 32",
        ["motion-segmentation"] = ", maskSide: 14, poolSide: 4, bottleneckDim: 32",
        ["cpc-v2"] = ", contextDim: 32, contextBlocks: 2",
        ["multi-task"] = ", targetStride: 2, unitDim: 16, hiddenDim: 32, decoderDim: 16, embeddingDim: 32",
        ["exemplar-triplet"] = ", viewsPerImage: 3, embeddingDim: 32",
        ["flip"] = ", textWidth: 32, textDepth: 2, textHeads: 4",
        ["instdisc"] = ", bankStart: forward-pass", ["pirl-rotation"] = ", bankStart: forward-pass",   // with others the rows stay random
    };

    /// <summary>A small run of a method with its default options, but those that 64 images do not allow.</summary>
    public static ResolvedConfiguration Configuration(string method, params string[] overrides) => Get<RecipeReader>().ReadText(
        $$"""
        {{SmallData.For(method, Catalog.Get(PluginKind.Method, method).Family, 64, 32)}}
        method: {name: {{method}}{{Fitted.GetValueOrDefault(method)}}}
        backbone: {{Backbone(Catalog.Get(PluginKind.Method, method))}}
        optimizer: {baseLearningRate: 0.1}
        trainer: {epochs: 2, batchSize: 8, threads: 1, workers: 1, seed: 7, logEverySteps: 1, device: cpu}
        """, "the conformance recipe", overrides);

    public static TrainingSession Session(string method, params string[] overrides) => Get<SessionFactory>().Create(Configuration(method, overrides));

    /// <summary>Trains a session and returns the losses of its steps.</summary>
    public static IReadOnlyList<double> Train(TrainingSession session, Action<TrainingSession>? onCheckpoint = null)
    {
        var losses = new List<double>();
        new Trainer(session, new(report => losses.Add(report.Loss), _ => { }, s => onCheckpoint?.Invoke(s)), TimeProvider.System).Run(CancellationToken.None);

        return losses;
    }

    private static string Backbone(PluginDescriptor method) => SmallBackbones.For(method.BackboneType, method.Name, method.Family);

    private static ServiceProvider Build()
    {
        torch.set_num_threads(1);

        // plugins of other projects join through PARALLAX_PLUGINS
        return Composition.Create(CliOutput.Silent, new([Plugins], PluginFolders.Default([]).Asked));
    }
}
