using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;
using Parallax.Host.Tests.EndToEnd;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Configuration;

/// <summary>The first thing that everybody does with a recipe: a few steps of it.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class ShortTryTests
{
    private const int Steps = 20;

    /// <summary>Networks and memories that fit a test; none of these has to do with the length of a run.</summary>
    private static readonly Dictionary<string, string> _smaller = new()
    {
        ["backbone.size"] = "tiny", ["backbone.splits"] = "8", ["method.queueSize"] = "64", ["method.hardest"] = "8", ["method.neighbours"] = "5",
        ["method.prototypes"] = "30", ["method.outputs"] = "64", ["method.hiddenDim"] = "32", ["method.projectionDim"] = "16", ["method.predictorDim"] = "32",
        ["method.textWidth"] = "32", ["method.textDepth"] = "2", ["method.textHeads"] = "4", ["method.tokenizer.kind"] = "embedded",
        ["method.tokenizer.vocabularyFile"] = "null", ["method.decoderWidth"] = "32", ["method.decoderDepth"] = "1", ["method.decoderHeads"] = "4",
        ["method.decoderDim"] = "32", ["method.predictorDepth"] = "1", ["method.predictorHeads"] = "4", ["method.vocabularySize"] = "64",
        ["method.clusters"] = "32", ["method.pcaDim"] = "8", ["method.bottleneckDim"] = "32",
        ["imageModel.weights"] = "null", ["method.startPath"] = "null", ["method.labelsPath"] = "null",   // of other runs
    };

    /// <summary>The same of backbones, by name.</summary>
    private static readonly Dictionary<string, (string Key, string Value)[]> _narrower = new()
    {
        ["vit"] = [("width", "32"), ("depth", "2"), ("heads", "4")],
        ["swin"] = [("width", "32")],
        ["convnext-v2"] = [("width", "8")],
        ["mvit-v2-s"] = [("width", "8"), ("depth", "6")],
    };

    public static TheoryData<string> Recipes => ShippedRecipeTests.Recipes;

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Create_AnyRecipeForTwentySteps_IsNotRefused(string recipe)
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        using var services = BuiltPlugins.Compose();
        var reader = services.GetRequiredService<RecipeReader>();
        var file = Path.Combine(RepositoryFiles.Root, "recipes", recipe);
        var known = reader.Read(file, [$"trainer.maxSteps={Steps}"]).Flatten();
        string[] settings =
        [
            $"trainer.maxSteps={Steps}", "trainer.batchSize=16", "trainer.accumulation=1", "trainer.threads=1", "trainer.workers=1", "trainer.device=cpu",
                "trainer.precision=fp32", $"data.name={Data(services, known["method.name"])}", $"data.count={(known["trainer.epochs"].Length > 1 ? 64 : 320)}",
            "data.testCount=20", $"data.size={known["data.imageSize"].Replace("null", "32", StringComparison.Ordinal)}",
            .. _smaller.Where(pair => known.ContainsKey(pair.Key)).Select(pair => $"{pair.Key}={pair.Value}"),
            .. (_narrower.GetValueOrDefault(known["backbone.name"]) ?? [("width", "0.0625")]).Where(pair => known.ContainsKey($"backbone.{pair.Key}"))
                .Select(pair => $"backbone.{pair.Key}={pair.Value}"),
        ];

        using var session = services.GetRequiredService<SessionFactory>().Create(reader.Read(file, settings));
        var notes = ShortRunNotes.Of(session.Experiment.Configuration, session.Experiment.Run, session.Progress.TotalSteps).ToList();

        Assert.Equal(Steps, session.Progress.TotalSteps);
        Assert.All(Enumerable.Range(0, Steps), step => Assert.InRange(session.Optimizer.LearningRateAt(step), 0, double.MaxValue));
        Assert.Equal(Warmup(known) * session.Experiment.Run.StepsPerEpoch >= Steps,
            notes.Any(note => note.StartsWith("schedule.warmupEpochs", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Of_RecipeAtItsOwnLength_HasNothingToSay(string recipe)
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        using var services = BuiltPlugins.Compose();
        var configuration = services.GetRequiredService<RecipeReader>().Read(Path.Combine(RepositoryFiles.Root, "recipes", recipe), []);
        var images = configuration.Flatten().TryGetValue("data.count", out var count) ? long.Parse(count, CultureInfo.InvariantCulture)
            : recipe.Contains("imagenet", StringComparison.Ordinal) ? 1_281_167 : recipe.Contains("mnist", StringComparison.Ordinal) ? 60_000
            : recipe.Contains("laion", StringComparison.Ordinal) ? 400_000_000 : 50_000;
        var trainer = configuration.Trainer;
        var data = new DatasetInfo("data", DatasetSplit.Train, images, ["a", "b"], 3, null, [0, 0, 0], [1, 1, 1], "00000000", "nowhere");
        var run = new RunInfo(data, configuration.Data.ImageSize
            ?? 32, trainer.BatchSize, images / trainer.BatchSize, trainer.Epochs, trainer.Seed) { MaxSteps = trainer.MaxSteps };

        var notes = ShortRunNotes.Of(configuration, run, run.TotalSteps);
        Assert.DoesNotContain(notes, note => !note.Contains("Path names no run: ", StringComparison.Ordinal));   // which run comes before, a recipe cannot know
    }

    private static string Data(IServiceProvider services, string method) =>
        SmallData.Name(method, services.GetRequiredService<PluginCatalog>().Get(PluginKind.Method, method).Family);

    private static double Warmup(IReadOnlyDictionary<string, string> values) => double.Parse(values["schedule.warmupEpochs"], CultureInfo.InvariantCulture);
}
