using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Distributed;
using Parallax.Host.Experiments;
using Parallax.Host.Processes;
using Parallax.Host.Training;

namespace Parallax.Host.Verification;

/// <summary>The first steps of a recipe in several processes and in one: the same but for rounding.</summary>
/// <remarks>
/// In fp32, with plain SGD in place of the recipe's optimizer, which works on each process alike: an adaptive one turns the rounding of tiny gradients into
/// whole steps. Its constant rate makes the first step of one small length, whatever the scale of the loss: long steps on a steep loss make each difference
/// larger. Gradients are not clipped, or their scale would not be seen.
/// </remarks>
internal sealed class ProcessTrial(SessionFactory sessions, TimeProvider time)
{
    private const double StepLength = 3e-4;   // of all weights together, which are some tens long
    private const double LeastNorm = 1e-8;    // of the gradients that give the rate: below, they are nothing but rounding
    private const string RateFile = "rate.txt", FaultExtension = ".fault.txt";

    /// <summary>Starts the processes through the launcher, trains the same here, and compares.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="request">Steps, processes and the command line that lets each process train.</param>
    /// <param name="first">The gradients of the first micro-batch.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="InvalidOperationException">A process failed unexpectedly: says how.</exception>
    public PropertyResult Check(ResolvedConfiguration recipe, VerificationRequest request, FirstGradients first, CancellationToken stop)
    {
        const string property = "several processes";
        if (WhyNot(recipe.Trainer, request.Processes) is { } reason)
        {
            return PropertyResult.NotChecked(property, reason);
        }

        if (!(first.Norm > LeastNorm))
        {
            return PropertyResult.NotChecked(property, FormattableString.Invariant(
                $"the gradients of the first micro-batch have a norm of {first.Norm:G3}: no learning rate makes a step of a known length"));
        }

        using var folder = new TemporaryFolder();
        var rate = StepLength / first.Norm;
        File.WriteAllText(Path.Combine(folder.Path, RateFile), rate.ToString("R", CultureInfo.InvariantCulture));
        if (Launch(request, folder.Path, stop) is { } fault)
        {
            return FaultOfTraining(folder.Path) is { } failed ? new(property, Outcome.Fails, $"in {request.Processes} processes: {failed}")
                : PropertyResult.NotChecked(property, fault);
        }

        using var session = sessions.Create(Compared(recipe, rate));
        using var one = Train(session, request.Steps, stop);
        var tolerance = new Tolerance(first.Rounding);
        var result = new PropertyResult(property, Outcome.Holds, FormattableString.Invariant(
            $"{request.Processes} are one: {tolerance}; {one.Losses.Count} short steps of plain SGD in fp32"));
        var (loss, gradients) = (0.0, new GradientDifference(0, []));
        for (var rank = 0; rank < request.Processes; rank++)
        {
            using var course = Course.Load(FileOf(folder.Path, rank));
            var comparison = new CourseComparison(one, course, session.Experiment.Module);
            loss = Math.Max(loss, comparison.LossDifference);
            gradients = new(Math.Max(gradients.Together, comparison.GradientDifference.Together), [.. gradients.Each, .. comparison.GradientDifference.Each]);
            if (result.Outcome == Outcome.Holds && comparison.FirstDifferenceBeyond(tolerance) is { } place)
            {
                result = result with { Outcome = Outcome.Fails, Detail = $"{place} (rank {rank}); {tolerance}" };
            }
        }

        return (result.Outcome == Outcome.Holds && tolerance.WhyNoProof is { } hidden ? PropertyResult.NotChecked(property, hidden) : result)
            .Measured(loss, gradients);
    }

    /// <summary>What each of the processes does: it trains, and writes what that did into a folder.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="environment">Which process this is.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ConfigurationException">It cannot start, or failed while training; then its words are in the folder, too.</exception>
    public void TrainAsOneOfSeveral(ResolvedConfiguration recipe, int steps, ProcessEnvironment environment, string folder, CancellationToken stop)
    {
        var rate = double.Parse(File.ReadAllText(Path.Combine(folder, RateFile)), CultureInfo.InvariantCulture);
        var configuration = Compared(recipe, rate);
        var world = World.Join(environment, new Placement(configuration.Trainer, environment).Device);
        using var session = sessions.Create(configuration, world);
        using var course = TrainOrNote(session, steps, FileOf(folder, environment.Rank, FaultExtension), stop);
        course.Save(FileOf(folder, environment.Rank));
        world.Leave();
    }

    // Of a fault that all processes find together, one has the words.
    private Course TrainOrNote(TrainingSession session, int steps, string file, CancellationToken stop)
    {
        try
        {
            return Train(session, steps, stop);
        }
        catch (ConfigurationException e) when (e.Faults.Count > 0)
        {
            File.WriteAllText(file, e.Message);
            throw;
        }
    }

    // What a process said that had begun to train; null when none failed so.
    private static string? FaultOfTraining(string folder) =>
        Directory.EnumerateFiles(folder, "*" + FaultExtension).Order(StringComparer.Ordinal).Select(File.ReadAllText).FirstOrDefault();

    private Course Train(TrainingSession session, int steps, CancellationToken stop) => new CourseRun(session, steps, time) { GradientsOf = 1 }.Train(stop);

    private static ResolvedConfiguration Compared(ResolvedConfiguration recipe, double rate) => CourseRun.Observed(recipe with
    {
        Trainer = recipe.Trainer with { Precision = TrainingPrecision.Fp32, ClipGradNorm = 0 },
        Optimizer = new() { BaseLearningRate = rate, ScaleLearningRate = LearningRateScaling.None, Momentum = 0, WeightDecay = 0 },
        Schedule = new() { Name = ScheduleName.Constant },
    });

    private static string FileOf(string folder, int rank, string extension = ".safetensors") =>
        Path.Combine(folder, rank.ToString(CultureInfo.InvariantCulture) + extension);

    // What the processes say when the recipe cannot be trained in several, or failed there: null when it could.
    private static string? Launch(VerificationRequest request, string folder, CancellationToken stop)
    {
        using var said = new StringWriter(CultureInfo.InvariantCulture);
        var exit = LocalRanks.Run(
            request.Processes, [.. request.Arguments, VerificationRequest.Into, folder], new(TextWriter.Null, said, isTerminal: false), stop);
        stop.ThrowIfCancellationRequested();
        var words = said.ToString().Trim();

        return exit.Code switch
        {
            ExitCodes.Done => null,
            ExitCodes.UserError => words,
            _ => throw new InvalidOperationException($"{(exit.Rank is { } rank ? $"Rank {rank} of {request.Processes}" : "mpirun")} {exit.Cause}: {words}"),
        };
    }

    private static string? WhyNot(TrainerOptions trainer, int processes)
    {
        if (OpenMpi.Mpirun is null)
        {
            return "Open MPI is not installed: there is no mpirun on the PATH. eng/install-mpi.sh installs it";
        }

        if (trainer.BatchNorm == BatchNormStatistics.Local)
        {
            return "trainer.batchNorm is local: each process normalises its own images, which one process does not";
        }

        try
        {
            BatchParts.Check(trainer, processes);
            _ = new Placement(trainer, new(processes - 1, processes, processes - 1, processes));

            return null;
        }
        catch (ConfigurationException e)
        {
            return e.Message;
        }
        finally
        {
            _ = new Placement(trainer);   // the threads of one process again
        }
    }
}
