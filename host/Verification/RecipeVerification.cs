using Parallax.Host.Configuration;
using Parallax.Host.Distributed;
using Parallax.Host.Experiments;
using Parallax.Host.Training;

namespace Parallax.Host.Verification;

/// <summary>Checks on a few batches of its own data that a recipe trains the same however it is run.</summary>
/// <remarks>Everything is done by the trainer, the checkpoints and the launcher of every run. Nothing is tracked, and no run folder is made.</remarks>
internal sealed class RecipeVerification(ExperimentFactory experiments, SessionFactory sessions, TimeProvider time)
{
    private readonly ProcessTrial _processes = new(sessions, time);

    /// <param name="recipe">What will be trained.</param>
    /// <param name="request">How it is checked.</param>
    /// <param name="report">Is told what is checked next.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ConfigurationException">The recipe cannot be trained.</exception>
    /// <exception cref="OperationCanceledException">It is to stop.</exception>
    public Certificate Check(ResolvedConfiguration recipe, VerificationRequest request, Action<string> report, CancellationToken stop)
    {
        var facts = Facts(recipe, request.Processes);   // first: it finds libtorch, and faults of the recipe
        request = request with { Steps = (int)Math.Min(request.Steps, facts.TotalSteps) };
        CpuThreads.UseOnThisThread();
        report("Comparing accumulation with one batch, and bf16 with fp32 ...");
        var (ofBatch, first) = new BatchTrial(sessions, time).Check(recipe, stop);
        stop.ThrowIfCancellationRequested();
        report("Training some steps, the same again, and the same from a checkpoint ...");
        var repeated = new RepeatTrial(sessions, time).Check(recipe, request.Steps, first.Rounding, stop);
        report($"Training the same steps in {request.Processes} processes ...");

        return new(facts, [.. repeated, .. ofBatch, _processes.Check(recipe, request, first, stop)]);
    }

    /// <inheritdoc cref="ProcessTrial.TrainAsOneOfSeveral"/>
    public void TrainAsOneOfSeveral(ResolvedConfiguration recipe, int steps, ProcessEnvironment environment, string folder, CancellationToken stop) =>
        _processes.TrainAsOneOfSeveral(recipe, steps, environment, folder, stop);

    private RunFacts Facts(ResolvedConfiguration recipe, int processes)
    {
        using var experiment = experiments.Create(recipe);
        var facts = RunFacts.Of(experiment, processes);

        return facts.TotalSteps > 1 ? facts : throw new ConfigurationException(
            "The run has one optimizer step, trainer.epochs and trainer.maxSteps taken together; two or more can be compared. Raise them.");
    }
}
