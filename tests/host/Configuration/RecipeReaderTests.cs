using FsCheck;
using FsCheck.Xunit;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;
using Parallax.Host.Tests.Plugins;

namespace Parallax.Host.Tests.Configuration;

public sealed class RecipeReaderTests : IDisposable
{
    private const string More = " More are given with --plugins DIR, or added by 'parallax plugins install NAME'.";

    private const string Sound = """
        data: {name: silence, path: here}
        method: {name: hum, temperature: 0.5}
        backbone: {name: ear}
        """;

    private readonly PluginProjects _projects = new();
    private readonly RecipeReader _reader;

    public RecipeReaderTests()
    {
        _projects.Add("SoundPlugins");
        _reader = new(PluginCatalog.Discover(new([_projects.Root], [])));
    }

    [Fact]
    public void ReadText_FewKeys_FillsTheRestWithDefaults()
    {
        var configuration = Read(Sound);

        Assert.Equal("hum", configuration.Method.Name);
        Assert.Equal(new DataOptions { Name = "silence", Path = "here", ShareSeed = 0 }, configuration.Data);
        Assert.Equal(new TrainerOptions(), configuration.Trainer);
        Assert.Equal("0.5", configuration.Flatten()["method.temperature"]);
        Assert.Equal("64", configuration.Flatten()["method.queueSize"]);
        Assert.Equal("here", configuration.Flatten()["data.path"]);
        Assert.Null(configuration.Views);
    }

    [Theory]
    [InlineData("0", "trainer.seed=3")]                                       // nothing is drawn
    [InlineData("3", "trainer.seed=3", "data.share=0.5")]
    [InlineData("3", "trainer.seed=3", "data.longTail=10")]
    [InlineData("0", "data.share=0.5")]
    [InlineData("7", "trainer.seed=3", "data.share=0.5", "data.shareSeed=7")]
    public void ReadText_SeedOfTheShare_FollowsThatOfTheRun(string expected, params string[] overrides)
    {
        var configuration = Read(Sound, overrides);

        Assert.Equal(expected, configuration.Flatten()["data.shareSeed"]);
        Assert.Equal(configuration.Data, _reader.ReadText(configuration.ToYaml(), "again", []).Data);
    }

    [Fact]
    public void ReadText_EveryType_IsRead()
    {
        var configuration = Read(Sound, "trainer.precision=bf16", "trainer.seed=12345678901", "trainer.maxSteps=7", "trainer.channelsLast=false",
            "optimizer.name=adamw",
            "schedule.milestones=[120, 160]", "tracking.systemMetricsInterval=1500ms", "optimizer.weightDecay=1e-6", "tracking.uri=http://host:5000/p",
                "optimizer.baseLearningRate=1");

        Assert.Equal(TrainingPrecision.Bf16, configuration.Trainer.Precision);
        Assert.Equal(12345678901, configuration.Trainer.Seed);
        Assert.Equal(7, configuration.Trainer.MaxSteps);
        Assert.False(configuration.Trainer.ChannelsLast);
        Assert.Equal(OptimizerName.AdamW, configuration.Optimizer.Name);
        Assert.Equal([120, 160], configuration.Schedule.Milestones);
        Assert.Equal(TimeSpan.FromSeconds(1.5), configuration.Tracking.SystemMetricsInterval);
        Assert.Equal(1e-6, configuration.Optimizer.WeightDecay);
        Assert.Equal("http://host:5000/p", configuration.Tracking.Uri);
        Assert.Equal(1.0, configuration.Optimizer.BaseLearningRate);
    }

    [Fact]
    public void ToYaml_ReadAgain_IsTheSame()
    {
        var first = Read(Sound, "views=[{repeat: 2, augmentations: [{echo: {count: 3, shape: rounded-square}}, echo]}]", "evaluation.protocols=[applause]",
            "tracking.runName='null'",
            "evaluation.applause.hands=4", "schedule.milestones=[1, 2]", "tracking.tags=[a=b]");

        var again = _reader.ReadText(first.ToYaml(), "again", []);

        Assert.Equal(first.ToYaml(), again.ToYaml());
        Assert.Equal("null", again.Tracking.RunName);
        Assert.Null(again.Tracking.Experiment);
        Assert.Equal(2, again.Views!.Count);
        Assert.Contains("Count = 3", again.Views[1][0].Options!.ToString(), StringComparison.Ordinal);
        Assert.Equal("4", again.Flatten()["evaluation.applause.hands"]);
        Assert.Equal("[1, 2]", again.Flatten()["schedule.milestones"]);
    }

    [Property(MaxTest = 100)]
    public void ToYaml_AnyTextAndNumber_AreReadAgain(NonNull<string> text, NormalFloat number, PositiveInt count)
    {
        var sound = Read(Sound);
        var first = sound with
        {
            Tracking = sound.Tracking with { RunName = text.Get },
            Optimizer = sound.Optimizer with { WeightDecay = Math.Abs(number.Get) % 10 },
            Trainer = sound.Trainer with { Seed = (long)count.Get << 20 },
        };

        var again = _reader.ReadText(first.ToYaml(), "again", []);

        Assert.Equal(text.Get, again.Tracking.RunName);
        Assert.Equal(first.Optimizer.WeightDecay, again.Optimizer.WeightDecay);
        Assert.Equal(first.Trainer, again.Trainer);
    }

    [Theory]
    [InlineData("{name: murmur}", "method.name: The method 'murmur' is now 'hum'. Write hum.")]
    [InlineData("{name: hum, pitch: high, volume: 3}", "method.pitch: high is now the method 'whistle'. Write name: whistle and remove pitch.")]
    [InlineData("{name: hum, pitch: low}", "method.pitch: low is what the method 'hum' is without it. Remove pitch.")]
    [InlineData("{name: hum, pitch: middle}", "method.pitch is not a known key. Known: length, name, queueSize, temperature.")]
    public void ReadText_FormerNameOrOption_SaysWhatToWrite(string method, string expected) =>
        Assert.Equal([expected], Assert.Throws<ConfigurationException>(() => Read(Sound, $"method={method}")).Faults);

    [Fact]
    public void ReadText_ManyFaults_AreAllReported()
    {
        var faults = Faults(
            """
            data: {name: silence, path: here, onErorr: stop}
            method: {name: hum, temperature: 0, queueSize: many}
            backbone: {name: eer}
            optimiser: {name: sgd}
            trainer: {epochs: 0, precision: bf61, batchSize: 3.5, device: gpu}
            views: [{augmentations: [{echo: {strength: 1}}, ecco]}]
            """);

        Assert.Equal(
        [
            "optimiser is not a known key. Did you mean 'optimizer'? Known: backbone, clips, data, evaluation, extends, imageModel, method, "
                + "optimizer, schedule, tracking, trainer, views.",
            "data.onErorr is not a known key. Did you mean 'onError'? Known: decodeSmaller, evaluationResize, groupPattern, imageSize, longTail, name, "
                + "onError, path, share, shareSeed.",
            "method.queueSize is 'many'; expected a whole number.",
            "method.temperature is 0; allowed: (0, 10].",
            "backbone.name: There is no backbone 'eer'. Did you mean 'ear'? Known: ear." + More,
            "trainer.precision is 'bf61'; expected one of fp32, bf16, fp16. Did you mean 'bf16'?",
            "trainer.batchSize is '3.5'; expected a whole number.",
            "trainer.epochs is 0; allowed: [1, 100000].",
            "trainer.device is 'gpu'; allowed: auto | cpu | cuda(:[0-9]+)?.",
            "views[0].augmentations[0].echo.strength is 1; allowed: [0, 1).",
            "views[0].augmentations[1]: There is no augmentation 'ecco'. Did you mean 'echo'? Known: echo, needy." + More,
        ], faults);
    }

    [Theory]
    [InlineData("method: {name: hum, temperature: }", "method.temperature is empty; expected a number.")]
    [InlineData("method: {name: hum, temperature: [1]}", "method.temperature is a list; expected a number.")]
    [InlineData("method: {name: hum, temperature: .nan}", "method.temperature is '.nan'; expected a number.")]
    [InlineData("method: {name: whistle, tone: 1}", "method.tone is not a known key: the method 'whistle' has no options. Remove it.")]
    [InlineData("method: hum", "method is 'hum'; expected a section with keys of its own, for example 'method:' and below it '  name: ...'.")]
    [InlineData("method: {temperature: 1}", "method.name is missing. Known: hum, whistle.")]
    public void ReadText_FaultyMethod_IsReported(string method, string expected)
    {
        var faults = Faults("data: {name: silence, path: here}\nbackbone: {name: ear}\n" + method);

        Assert.Contains(expected, faults);
    }

    [Theory]
    [InlineData("data.path=", "data.path is missing. Give it in the recipe or with --set data.path=VALUE.")]
    [InlineData("epochs", "--set epochs: expected KEY=VALUE, for example --set trainer.epochs=10.")]
    [InlineData("trainer.epochs=[1", "--set trainer.epochs=[1, line ")]
    [InlineData("trainer.accumulation=3", "trainer.batchSize is 256, which is no multiple of trainer.accumulation, 3.")]
    [InlineData("schedule.name=multistep", "schedule.name is multistep, but schedule.milestones is empty.")]
    [InlineData("evaluation.protocols=[aplause]", "evaluation.protocols: There is no protocol 'aplause'. Did you mean 'applause'?")]
    [InlineData("tracking.systemMetricsInterval=5", "tracking.systemMetricsInterval is '5'; expected a duration such as")]
    public void ReadText_FaultyOverride_IsReported(string change, string expected)
    {
        var faults = Assert.Throws<ConfigurationException>(() => Read(Sound, change)).Faults;

        Assert.StartsWith(expected, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void ReadText_OtherMethodName_DropsTheOptionsOfTheFirst()
    {
        var configuration = Read(Sound, "method.name=whistle", "data.name=silence");

        Assert.Null(configuration.Method.Options);
        Assert.Equal("here", configuration.Data.Path);
    }

    [Fact]
    public void ReadText_DuplicateKeyOrBrokenYaml_SaysTheLine()
    {
        Assert.StartsWith("recipe.yaml, line 2, column ", Assert.Single(Faults("method: {name: hum}\nmethod: {name: hum}")), StringComparison.Ordinal);
        Assert.StartsWith("recipe.yaml, line 2, column ", Assert.Single(Faults("method: {name: hum}\n]")), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Extends_LaysChangesOverTheBase()
    {
        var folder = _projects.Root;
        File.WriteAllText(Path.Combine(folder, "base.yaml"), Sound + "\ntrainer: {epochs: 3, batchSize: 8}");
        File.WriteAllText(Path.Combine(folder, "variant.yaml"), "extends: base.yaml\ntrainer: {epochs: 5}");

        var configuration = _reader.Read(Path.Combine(folder, "variant.yaml"), ["trainer.seed=1"]);

        Assert.Equal((5, 8, 1L), (configuration.Trainer.Epochs, configuration.Trainer.BatchSize, configuration.Trainer.Seed));
    }

    [Fact]
    public void Load_ExtendsAShippedRecipe_FindsItByItsName()
    {
        var file = Path.Combine(_projects.Root, "own.yaml");
        File.WriteAllText(file, "extends: simclr/small\ntrainer: {epochs: 5}");

        var tree = _reader.Load(file, "");

        Assert.Equal(("simclr", "5"), ((string?)tree["method"]["name"], (string?)tree["trainer"]["epochs"]));
    }

    [Fact]
    public void Read_CircleOrMissingFile_SaysWhich()
    {
        var folder = _projects.Root;
        File.WriteAllText(Path.Combine(folder, "a.yaml"), "extends: b.yaml");
        File.WriteAllText(Path.Combine(folder, "b.yaml"), "extends: a.yaml");

        var circle = Assert.Throws<ConfigurationException>(() => _reader.Read(Path.Combine(folder, "a.yaml"), []));
        var missing = Assert.Throws<ConfigurationException>(() => _reader.Read(Path.Combine(folder, "aa.yaml"), []));

        Assert.Contains("a.yaml -> b.yaml -> a.yaml", circle.Message, StringComparison.Ordinal);
        Assert.Contains("does not exist. Did you mean 'a.yaml'?", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PluginChoiceFrom_Values_BindsThem()
    {
        var echo = PluginCatalog.Discover(new([_projects.Root], [])).Get(PluginKind.Augmentation, "echo");

        var choice = PluginChoice.From(echo, new AugmentationSpec("echo", ("strength", 0.25), ("delays", new[] { 1.0, 2.0 })).Options);
        var fault = Assert.Throws<ConfigurationException>(() => PluginChoice.From(echo, new AugmentationSpec("echo", ("delays", new[] { 1.0 })).Options));

        Assert.Contains("Strength = 0.25", choice.Options!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("echo: delays has 1 entries for 2 echoes.", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _projects.Dispose();

    private ResolvedConfiguration Read(string yaml, params string[] overrides) => _reader.ReadText(yaml, "recipe.yaml", overrides);

    private IReadOnlyList<string> Faults(string yaml) => Assert.Throws<ConfigurationException>(() => Read(yaml)).Faults;
}
