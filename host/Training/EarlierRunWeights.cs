using Microsoft.Extensions.Logging;
using Parallax.Host.Experiments;

namespace Parallax.Host.Training;

/// <summary>Gives the parts of a method what earlier runs trained, as the method declares.</summary>
internal static class EarlierRunWeights
{
    private const int Shown = 3;

    /// <summary>Loads all of them; targets of momentum pairs follow.</summary>
    /// <param name="experiment">Where no step has been done yet.</param>
    /// <exception cref="ConfigurationException">A run is not there, or its parts are of another structure: key, value and the first tensors that
    /// differ.</exception>
    public static void Load(Experiment experiment)
    {
        if (experiment.Method is not IStartingWeights { EarlierRuns: { Count: > 0 } runs })
        {
            return;
        }

        foreach (var run in runs)
        {
            using var checkpoint = Open(run, experiment);
            Copy(checkpoint, run);
            experiment.Logger.LogInformation(
                "{Key}: {Parts} of '{File}', step {Step}.", run.Key, string.Join(" and ", run.Parts.Keys), checkpoint.Path, checkpoint.State.Position.Step);
        }

        experiment.Momentum.Initialise();
    }

    private static Checkpoint Open(EarlierRun run, Experiment experiment)
    {
        try
        {
            return ChosenCheckpoint.Load(run.Run, experiment.Configuration.Trainer.OutputDirectory, note => experiment.Logger.LogWarning("{Note}", note));
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException([.. e.Faults.Select(fault => $"{run.Key} is '{run.Run}': {fault}")]);
        }
    }

    private static void Copy(Checkpoint checkpoint, EarlierRun run)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var pairs = (from part in run.Parts
                     from entry in part.Value.state_dict()
                     let name = $"{part.Key}.{entry.Key}"
                     select (Name: name, Own: entry.Value, Found: checkpoint.Tensors.GetValueOrDefault(CheckpointStore.MethodPrefix + name))).ToList();
        List<string> faults =
        [
            .. pairs.Where(pair => pair.Found is null).Select(pair => $"it lacks '{pair.Name}'"),
            .. pairs.Where(pair => pair.Found is not null && !pair.Found.shape.AsSpan().SequenceEqual(pair.Own.shape))
                .Select(pair => $"'{pair.Name}' is [{string.Join(", ", pair.Found!.shape)}] there and [{string.Join(", ", pair.Own.shape)}] here"),
        ];
        if (faults.Count > 0)
        {
            var more = faults.Count > Shown ? $", and {faults.Count - Shown} more" : "";
            throw new ConfigurationException($"{run.Key} is '{run.Run}', whose checkpoint '{checkpoint.Path}' does not fit: "
                + $"{string.Join(", ", faults.Take(Shown))}{more}. Nothing was loaded. Take a run with the same backbone, widths and modality.");
        }

        foreach (var (_, own, found) in pairs)
        {
            own.copy_(found!);
        }
    }
}
