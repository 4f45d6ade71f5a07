using System.Globalization;
using Parallax.Host.Configuration;

namespace Parallax.Host.Training;

/// <summary>Settings of host and plugins that a run is too short for: no fault, because a short try of any recipe has them, but worth a warning.</summary>
internal static class ShortRunNotes
{
    /// <summary>A sentence or two per setting.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="run">Gives the length of an epoch.</param>
    /// <param name="totalSteps">Optimizer steps of the run.</param>
    public static IEnumerable<string> Of(ResolvedConfiguration configuration, RunInfo run, long totalSteps)
    {
        var schedule = configuration.Schedule;
        var warmup = LearningRateSchedules.WarmupSteps(schedule, run);
        if (warmup > 0 && warmup >= totalSteps)
        {
            var highest = schedule.WarmupStartRatio + ((1 - schedule.WarmupStartRatio) * (totalSteps - 1.0) / warmup);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"schedule.warmupEpochs is {schedule.WarmupEpochs}, that is {warmup} steps, but the run has only {totalSteps}: "
                + $"the learning rate rises to {highest:P1} of its peak and no further. Fine for a short try; else lower it, "
                + $"or raise {Length(configuration)}.");
        }

        var epochs = (totalSteps + run.StepsPerEpoch - 1) / run.StepsPerEpoch;
        if (schedule.Name == ScheduleName.Multistep && schedule.Milestones.Where(milestone => milestone >= epochs).ToList() is { Count: > 0 } late)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"schedule.milestones is [{string.Join(", ", schedule.Milestones)}], but the run ends after {epochs} {(epochs == 1 ? "epoch" : "epochs")}: "
                + $"the learning rate never falls at {string.Join(", ", late)}. Fine for a short try; else lower them, or raise {Length(configuration)}.");
        }

        var asked = new[] { configuration.Dataset, configuration.Method, configuration.Backbone }.Select(choice => choice.Options).OfType<IRunRequirements>();
        foreach (var note in asked.SelectMany(options => options.Notes(run)))
        {
            yield return note;
        }
    }

    private static string Length(ResolvedConfiguration configuration) => configuration.Trainer.MaxSteps is null ? "trainer.epochs" : "trainer.maxSteps";
}
