using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Experiments;
using Parallax.Host.Plugins;
using Parallax.Host.Tests.Data;
using Parallax.Host.Tests.Plugins;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>Sessions over 16 tiny images: 2 epochs of 4 steps with batches of 4, unless overrides say otherwise.</summary>
internal sealed class TrainingBench : IDisposable
{
    public const int Images = 16;

    private const string Recipe = """
        data: {name: silence, path: here}
        method: {name: hum}
        backbone: {name: ear}
        optimizer: {baseLearningRate: 0.1, scaleLearningRate: none, momentum: 0, weightDecay: 0}
        schedule: {name: constant}
        trainer: {epochs: 2, batchSize: 4, threads: 1, workers: 1, seed: 7, logEverySteps: 1, device: cpu, channelsLast: false}
        """;

    private readonly PluginProjects _projects = new();
    private readonly RecipeReader _recipes;

    public TrainingBench()
    {
        _projects.Add("SoundPlugins");
        _recipes = new(PluginCatalog.Discover(new([_projects.Root], [])));
    }

    public ResolvedConfiguration Configuration(params string[] overrides) => _recipes.ReadText(Recipe, "the recipe of the bench", overrides);

    public static RunInfo Run(ResolvedConfiguration configuration) =>
        new(new FakeDataset(Images).Info, 4, configuration.Trainer.BatchSize, Images / configuration.Trainer.BatchSize, configuration.Trainer.Epochs,
            configuration.Trainer.Seed)
        {
            MaxSteps = configuration.Trainer.MaxSteps,
        };

    public OptimizerDriver Driver(TinyMethod method, params string[] overrides) => Driver(method, scaler: null, overrides);

    /// <summary>A driver with a loss scale, which fp16 has and this CPU would not.</summary>
    public OptimizerDriver Driver(TinyMethod method, GradScaler? scaler, params string[] overrides)
    {
        var configuration = Configuration(overrides);
        var run = Run(configuration);

        return new(method, configuration, run, run.TotalSteps, new(configuration.Trainer), scaler);
    }

    public TrainingSession Session<TMethod>(TMethod method, params string[] overrides)
        where TMethod : Module, IMethod => Session(method, scaler: null, overrides);

    public TrainingSession Session<TMethod>(TMethod method, GradScaler? scaler, params string[] overrides)
        where TMethod : Module, IMethod
    {
        var configuration = Configuration(overrides);
        var (run, data, placement) = (Run(configuration), new FakeDataset(Images), new Placement(configuration.Trainer));
        placement.Place(method);
        var experiment = new Experiment(configuration, run, data, method, placement, World.Alone, NullLogger.Instance);
        experiment.Momentum.Initialise();
        var loader = new BatchLoader(data, [[]], LoaderSetup.ForTraining(configuration, World.Alone), NullLogger.Instance);
        var optimizer = new OptimizerDriver(method, configuration, run, run.TotalSteps, placement, scaler);

        return new(experiment, loader, optimizer);
    }

    /// <summary>What a checkpoint of the session holds, as copies.</summary>
    public static Checkpoint Checkpoint(TrainingSession session) => new(
        "memory", new(CheckpointState.CurrentFormat, "run", session.Progress.Position, session.Progress.BestAccuracy), "",
        session.StateTensors().ToDictionary(t => t.Key, t => t.Value.detach().clone()));

    /// <summary>A method with the same weights each time.</summary>
    public static TinyMethod Method(Func<TinyMethod>? create = null)
    {
        torch.manual_seed(11);

        return create?.Invoke() ?? new TinyMethod();
    }

    public void Dispose() => _projects.Dispose();
}
