namespace Parallax.Host.Training;

/// <summary>Compares a checkpoint with the network that is to take it, by names, shapes and types, before a value is copied.</summary>
internal static class CheckpointFit
{
    private const int Shown = 3;

    /// <param name="checkpoint">What was read.</param>
    /// <param name="state">Tensors of the method, by name.</param>
    /// <param name="run">The run that is to take it.</param>
    /// <exception cref="ConfigurationException">A tensor is missing, unknown, or of another shape or type.</exception>
    public static void Require(Checkpoint checkpoint, IReadOnlyDictionary<string, Tensor> state, RunInfo run)
    {
        var stored = checkpoint.Tensors.Where(t => t.Key.StartsWith(CheckpointStore.MethodPrefix, StringComparison.Ordinal))
            .ToDictionary(t => t.Key[CheckpointStore.MethodPrefix.Length..], t => t.Value);
        List<string> faults =
        [
            .. state.Keys.Except(stored.Keys).Select(name => $"it lacks '{name}'"),
            .. stored.Keys.Except(state.Keys).Select(name => $"'{name}' is unknown here"),
            .. state.Where(t => stored.TryGetValue(t.Key, out var other) && Describe(other) != Describe(t.Value)).Select(t => $"'{t.Key}' is "
                + $"{Describe(stored[t.Key])} there and {Describe(t.Value)} here"),
        ];
        if (faults.Count == 0)
        {
            return;
        }

        var more = faults.Count > Shown ? $", and {faults.Count - Shown} more" : "";
        throw new ConfigurationException($"'{checkpoint.Path}' does not fit the recipe: {string.Join(", ", faults.Take(Shown))}{more}. "
            + $"{Advice(checkpoint, stored, state, run)}");
    }

    private static string Advice(Checkpoint checkpoint, Dictionary<string, Tensor> stored, IReadOnlyDictionary<string, Tensor> state, RunInfo run)
    {
        var images = run.Data.Count;
        if (checkpoint.State.Data is { } data && data.Count != images
            && state.Any(t => stored.TryGetValue(t.Key, out var other) && HasRowPerImage(other, data.Count, t.Value, images)))
        {
            return $"The method keeps something for each image, and the data had {data.Count} images then and have {images} now. Use the data as they were, "
                + "or start a new run.";
        }

        var batchSize = CheckpointState.BatchSizeOf(checkpoint.Recipe);

        return batchSize is null || batchSize == run.BatchSize
            ? "Use the method, backbone and optimizer it was written with."
            : $"The method keeps something whose size follows the batch: set trainer.batchSize back to {batchSize}, or start a new run.";
    }

    private static bool HasRowPerImage(Tensor before, long imagesBefore, Tensor now, long images) =>
        before.Dimensions == now.Dimensions && before.shape.Zip(now.shape).Any(size => size == (imagesBefore, images));

    private static string Describe(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";
}
