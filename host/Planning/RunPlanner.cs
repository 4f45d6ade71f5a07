using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Training;

namespace Parallax.Host.Planning;

/// <summary>Measures before a long run what it will take: some real steps, evaluations on parts of the data, a look at the data. Nothing is kept.</summary>
internal sealed class RunPlanner(ExperimentFactory experiments, SessionFactory sessions, EvaluationService evaluations, TimeProvider time)
{
    private readonly ProcessMemory _memory = new("/proc");

    /// <param name="recipe">What will be trained.</param>
    /// <param name="steps">Steps that are measured.</param>
    /// <param name="scanned">Images of each split that are looked at; 0 looks at all.</param>
    /// <param name="report">Is told what is measured next.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ConfigurationException">The recipe cannot be trained, or its run is too short to be measured.</exception>
    /// <exception cref="OperationCanceledException">It is to stop.</exception>
    public RunPlan Plan(ResolvedConfiguration recipe, int steps, int scanned, Action<string> report, CancellationToken stop)
    {
        report("Looking at the data ...");
        var (data, duplicates) = Scan(recipe, scanned, stop);
        report("Training some steps ...");
        var measurement = new StepMeasurement(sessions, _memory, time);
        var half = Half(measurement, recipe, stop);
        var before = ProcessorUse.Read();
        var cost = measurement.Measure(recipe, steps, stop);
        var free = _memory.Available + _memory.Resident;
        report("Measuring work before epochs, and evaluations ...");
        var work = Work(recipe, cost, stop);
        _memory.ResetPeak();
        var (online, final) = new EvaluationCost(experiments, evaluations, time).Measure(recipe, stop);
        var evaluating = online + final > 0 ? _memory.Peak : 0;
        report("Trying other settings ...");   // last: libtorch keeps some of the memory that they take
        var others = Alternatives(measurement, recipe, cost, steps, stop);
        var use = before is { } begun && ProcessorUse.Read() is { } now ? now.Since(begun) : default;
        var (run, disk, isCuda) = Describe(recipe);
        var total = TrainingPlan.Of(run, recipe.Trainer.MaxSteps).TotalSteps(default);
        var memory = isCuda ? null : MemoryCost.Of(recipe.Trainer, cost.PeakBytes, half?.PeakBytes, free, data[0].Learned ?? data[0].Images) with
        {
            EvaluationBytes = evaluating,
        };
        var training = total * run.BatchSize / cost.ImagesPerSecond;

        return new(total, run.BatchSize, cost, others, memory, new(training, work, online, final), disk, data, duplicates,
            PlanAdvice.Of(recipe, cost, others, memory, disk, data, duplicates?.Count ?? 0, use));
    }

    private double Work(ResolvedConfiguration recipe, StepCost cost, CancellationToken stop)
    {
        using var session = sessions.Create(StepMeasurement.EachStep(recipe));

        return new EpochWorkCost(time).Measure(session, recipe.Trainer.BatchSize / cost.ImagesPerSecond, stop);
    }

    // The difference of two sizes is what images take; not every method can do with half of the batch.
    private static StepCost? Half(StepMeasurement measurement, ResolvedConfiguration recipe, CancellationToken stop)
    {
        const int few = 2;
        var (trainer, size) = (recipe.Trainer, recipe.Trainer.BatchSize / 2);
        if (size % trainer.Accumulation != 0 || size / trainer.Accumulation < few)
        {
            return null;
        }

        try
        {
            return measurement.Measure(recipe with { Trainer = trainer with { BatchSize = size } }, few, stop);
        }
        catch (ConfigurationException)
        {
            return null;   // the batch of the recipe says what is wrong, where that is not its half
        }
    }

    private static List<Alternative> Alternatives(
        StepMeasurement measurement, ResolvedConfiguration recipe, StepCost cost, int steps, CancellationToken stop) =>
    [
        .. Alternative.Of(recipe, cost.Split.Limit, Environment.ProcessorCount)
            .Select(other => new Alternative(other.Setting, SpeedOrNull(measurement, other.Configuration, steps, stop)))
            .OrderByDescending(other => other.ImagesPerSecond),   // null is last
    ];

    private static double? SpeedOrNull(StepMeasurement measurement, ResolvedConfiguration other, int steps, CancellationToken stop)
    {
        try
        {
            return measurement.Measure(other, steps, stop).ImagesPerSecond;
        }
        catch (ConfigurationException)
        {
            return null;   // the recipe can be trained: it is the setting that cannot, such as a loss that is no number in bf16
        }
    }

    private (IReadOnlyList<SplitScan> Data, DuplicateImages? Duplicates) Scan(ResolvedConfiguration recipe, int scanned, CancellationToken stop)
    {
        using var train = experiments.Open(recipe, DatasetSplit.Train);
        var own = DataScan.Of(train, TrainingShare.Of(train, recipe.Data), scanned, out var known, stop);
        if (!experiments.Has(recipe, DatasetSplit.Test))
        {
            return ([own], null);
        }

        using var test = experiments.Open(recipe, DatasetSplit.Test);

        return ([own, DataScan.Of(test, test, scanned, out var held, stop)], DuplicateImages.Of(known, held) with { AreVideos = own.AreVideos });
    }

    private (RunInfo Run, DiskCost Disk, bool IsCuda) Describe(ResolvedConfiguration recipe)
    {
        using var scope = torch.NewDisposeScope();
        using var session = sessions.Create(recipe);
        var (experiment, run) = (session.Experiment, session.Experiment.Run);
        var backbone = Bytes(((Module)experiment.Method.Backbone).state_dict().Values);

        return (run, DiskCost.Of(recipe, Checkpoint(session), backbone, Math.Max(1, session.Progress.TotalSteps / run.StepsPerEpoch)),
            experiment.Placement.IsCuda);
    }

    // Before its first step an optimizer holds nothing yet: what it will hold shows after one.
    private long Checkpoint(TrainingSession session)
    {
        using var end = new CancellationTokenSource();
        new Trainer(session, new(_ => end.Cancel(), _ => { }, _ => { }), time).Run(end.Token);

        return Bytes(session.StateTensors().Values);
    }

    private static long Bytes(IEnumerable<Tensor> tensors) => tensors.Sum(tensor => tensor.NumberOfElements * tensor.ElementSize);
}
