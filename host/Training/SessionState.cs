using Parallax.Host.Experiments;

namespace Parallax.Host.Training;

/// <summary>All that shapes the next step, to a checkpoint and back.</summary>
internal static class SessionState
{
    /// <summary>All tensors that shape the next step, by name.</summary>
    public static Dictionary<string, Tensor> StateTensors(this TrainingSession session)
    {
        var tensors = session.Experiment.Module.state_dict().ToDictionary(t => CheckpointStore.MethodPrefix + t.Key, t => t.Value);
        foreach (var (name, tensor) in session.Optimizer.StateTensors())
        {
            tensors[CheckpointStore.OptimizerPrefix + name] = tensor;
        }

        return tensors;
    }

    /// <summary>Puts the session to where a checkpoint was written.</summary>
    /// <exception cref="ConfigurationException">The checkpoint is of another method, backbone or optimizer.</exception>
    public static void Restore(this TrainingSession session, Checkpoint checkpoint)
    {
        session.Experiment.Restore(checkpoint);
        Load(checkpoint, CheckpointStore.OptimizerPrefix, session.Optimizer.Restore);
        session.Progress.Restore(checkpoint.State);
        session.Optimizer.EndSchedulesAt(session.Progress.ScheduleLength);
    }

    /// <summary>Loads weights and buffers only, as an evaluation needs them.</summary>
    /// <exception cref="ConfigurationException">The checkpoint is of another method or backbone.</exception>
    public static void Restore(this Experiment experiment, Checkpoint checkpoint)
    {
        CheckpointFit.Require(checkpoint, experiment.Module.state_dict(), experiment.Run);
        Load(checkpoint, CheckpointStore.MethodPrefix, tensors => experiment.Module.load_state_dict(tensors));
        experiment.LearnedCaptions = checkpoint.State.Data?.Captions ?? experiment.LearnedCaptions;
    }

    private static void Load(Checkpoint checkpoint, string prefix, Action<Dictionary<string, Tensor>> load)
    {
        try
        {
            load(checkpoint.Tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value));
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException or ArgumentException)
        {
            throw new ConfigurationException(
                $"'{checkpoint.Path}' does not fit the recipe: {e.Message} Use the method, backbone and optimizer it was written with.");
        }
    }
}
