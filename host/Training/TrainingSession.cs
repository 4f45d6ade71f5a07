using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Evaluation;

namespace Parallax.Host.Training;

/// <summary>Everything a run consists of, at a position: data, method, optimizer, momentum pairs. All of it goes into a checkpoint.</summary>
internal sealed class TrainingSession(
    ResolvedConfiguration configuration, RunInfo run, IImageDataset data, IMethod method, BatchLoader loader, OptimizerDriver optimizer, MomentumPairs momentum,
    Placement placement, World world, ILogger logger) : IDisposable
{
    private const long BucketBytes = 25 << 20;   // few messages between processes, each large enough that only the wire limits it
    private const int MicroKey = -100, EpochKey = -99;   // views that no augmentation uses
    private readonly TrainingPlan _plan = TrainingPlan.Of(run, configuration.Trainer.MaxSteps);
    private readonly Generator _generator = new(0);
    private readonly StepProcesses _processes = new(world, method);
    private readonly GradientReducer? _gradients = world.Group is null ? null : new([.. ((Module)method).parameters().Where(p => p.requires_grad)], world.Group, BucketBytes);

    public ResolvedConfiguration Configuration => configuration;

    public RunInfo Run => run;

    public IImageDataset Data => data;

    public IMethod Method => method;

    public BatchLoader Loader => loader;

    public OptimizerDriver Optimizer => optimizer;

    public MomentumPairs Momentum => momentum;

    public Placement Placement => placement;

    /// <summary>The processes that train this together.</summary>
    public World World => world;

    public ILogger Logger => logger;

    public bool IsCuda => placement.IsCuda;

    /// <summary>What the run is to become, in epochs and steps.</summary>
    public TrainingPlan Plan => _plan;

    /// <summary>Whether a request to stop is heard where a step is logged only: several GPUs would be held up by asking each other after each.</summary>
    public bool StopsAtLoggedSteps => world.Count > 1 && IsCuda;

    public TrainingPosition Position { get; private set; }

    /// <summary>Whether the epoch before the position, or the run, has reached its end, and what is done there has not been done yet.</summary>
    public bool EpochEndIsDue { get; set; }

    public double? BestAccuracy { get; set; }

    /// <summary>Asks measurements to stop; they change nothing and can be repeated.</summary>
    public CancellationToken Stop { get; set; }

    /// <summary>Optimizer steps that are done when the run ends.</summary>
    public long TotalSteps => _plan.TotalSteps(Position);

    public int EpochOfLastStep => Position.Samples > 0 ? Position.Epoch : Position.Epoch - 1;

    /// <summary>Where learning rate, momentum and everything else that follows the course of the run stand, in steps of this run's batches.</summary>
    public long ScheduleStep => _plan.ScheduleStep(Position);

    /// <summary>Where they end.</summary>
    public long ScheduleLength => _plan.ScheduleLength(Position);

    public double LearningRate => optimizer.LearningRateAt(ScheduleStep);

    /// <summary>The micro-batches from the position to the end of its epoch; none where the run has no further epoch.</summary>
    public IEnumerable<HostBatch> RemainingBatches() => loader.Epoch(Position.Epoch, Position.Samples);

    /// <summary>The next micro-batch, on the device. It is valid until the one after it is asked for.</summary>
    public Batch NextBatch(IEnumerator<HostBatch> batches) => batches.MoveNext()
        ? placement.ToDevice(batches.Current, hasLabels: run.Data.Classes.Count > 0)
        : throw new InvalidOperationException($"The loader ended after {Position.Samples} images of epoch {Position.Epoch}; it should give "
            + $"{run.StepsPerEpoch} steps of {run.BatchSize} images.");

    public void Advance() => Position = _plan.Next(Position);

    /// <summary>Gives all processes the weights of the first. The same seed gives the same weights on equal machines; this makes it true on any.</summary>
    public void ShareWeights() => world.ShareFirst(Module.state_dict().Values);

    /// <summary>Makes the gradients those of the whole batch: the mean over all processes.</summary>
    public void AverageGradients() => _gradients?.Reduce();

    /// <summary>Stops a network that skips the exchange of its normalisations; asked before the first step and at logged ones.</summary>
    /// <exception cref="ConfigurationException">It does; all processes find it.</exception>
    public void RequireSynchronizedBatchNorm()
    {
        try
        {
            SynchronizedBatchNorm.RequireCalls(Module);
        }
        catch (InvalidOperationException e)
        {
            throw world.Fault($"{e.Message} With trainer.batchNorm: local each process normalises its own images.");
        }
    }

    /// <summary>Lets the method work over the data set, when it declares that and the epoch is about to start.</summary>
    public void BeforeEpoch()
    {
        if (method is IEpochPhase phase && Position.Samples == 0)
        {
            using var scope = torch.NewDisposeScope();
            using var noGrad = torch.no_grad();
            Module.eval();
            torch.manual_seed(Draw(EpochKey).NextUInt32()).Dispose();   // all processes come to the same result
            phase.BeforeEpoch(new(Position.Epoch, new FeatureExtractor(data, run.ImageSize, placement, configuration, logger, world), logger));
        }

        Module.train();
    }

    /// <summary>The method as a module.</summary>
    public Module Module => (Module)method;

    /// <summary>Keys the global generator (dropout) to step and process: a resumed run draws what an uninterrupted one drew, and no two images share their noise.</summary>
    public void SeedStep()
    {
        var random = Draw(MicroKey);
        for (var rank = 0; rank < world.Rank; rank++)
        {
            random.NextUInt32();
        }

        torch.manual_seed(random.NextUInt32()).Dispose();
    }

    public StepContext Context(int micro)
    {
        _generator.manual_seed(Draw(MicroKey - 1 - micro).NextUInt32());

        return new(ScheduleStep, ScheduleLength, Position.Epoch, _generator) { Processes = _processes };
    }

    public IDisposable Autocast() => placement.Autocast();

    /// <summary>All tensors that shape the next step, by name.</summary>
    public Dictionary<string, Tensor> StateTensors()
    {
        var tensors = Module.state_dict().ToDictionary(t => CheckpointStore.MethodPrefix + t.Key, t => t.Value);
        foreach (var (name, tensor) in optimizer.StateTensors())
        {
            tensors[CheckpointStore.OptimizerPrefix + name] = tensor;
        }

        return tensors;
    }

    /// <exception cref="ConfigurationException">The checkpoint is of another method, backbone or optimizer.</exception>
    public void Restore(Checkpoint checkpoint)
    {
        RestoreMethod(checkpoint);
        Load(checkpoint, CheckpointStore.OptimizerPrefix, optimizer.Restore);
        var (position, isOver) = (checkpoint.State.Position, _plan.IsEpochOver(checkpoint.State.Position));
        Position = isOver ? position.AtNextEpoch() : position;
        EpochEndIsDue = isOver || checkpoint.State.EpochEndIsDue;
        BestAccuracy = checkpoint.State.BestAccuracy;
        optimizer.EndSchedulesAt(ScheduleLength);
    }

    /// <summary>Loads weights and buffers only, as an evaluation needs them.</summary>
    /// <exception cref="ConfigurationException">The checkpoint is of another method or backbone.</exception>
    public void RestoreMethod(Checkpoint checkpoint)
    {
        CheckpointFit.Require(checkpoint, Module.state_dict(), run);
        Load(checkpoint, CheckpointStore.MethodPrefix, tensors => Module.load_state_dict(tensors));
    }

    public void Dispose()
    {
        loader.Dispose();
        optimizer.Dispose();
        Module.Dispose();
        data.Dispose();
        _generator.Dispose();
    }

    private static void Load(Checkpoint checkpoint, string prefix, Action<Dictionary<string, Tensor>> load)
    {
        try
        {
            load(checkpoint.Tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value));
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException or ArgumentException)
        {
            throw new ConfigurationException($"'{checkpoint.Path}' does not fit the recipe: {e.Message} Use the method, backbone and optimizer it was written with.");
        }
    }

    private CounterRandom Draw(int key) => new(run.Seed, Position.Epoch, ScheduleStep, view: key);
}
