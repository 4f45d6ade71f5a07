namespace Parallax.Torch;

/// <summary>The state of an optimizer as named tensors, for a checkpoint file.</summary>
/// <remarks>
/// Keys are <c>parameter name / buffer name</c> and <c>parameter name / steps</c>. Settings (rates, decay) are not part of it: they come from the recipe and
/// the schedule. Saving and loading keep every bit.
/// </remarks>
public static class OptimizerCheckpoint
{
    private const string StepsName = "steps";

    /// <summary>All buffers and step counts.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="names">Parameters with names, such as <c>method.named_parameters()</c>; those that the optimizer does not hold are left out.</param>
    /// <returns>Buffers themselves, not copies (do not dispose them), and step counts as int64 scalars.</returns>
    public static IReadOnlyDictionary<string, Tensor> Save(FusedOptimizer optimizer, IEnumerable<(string name, Parameter parameter)> names)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (name, state) in StatesOf(optimizer, names))
        {
            tensors.Add($"{name}/{StepsName}", torch.tensor(state.Steps));
            for (var i = 0; i < state.Buffers.Length; i++)
            {
                if (state.Buffers[i] is { } buffer)
                {
                    tensors.Add($"{name}/{optimizer.BufferNames[i]}", buffer);
                }
            }
        }

        return tensors;
    }

    /// <summary>Restores what <see cref="Save"/> gave.</summary>
    /// <exception cref="InvalidDataException">The state of a parameter is missing.</exception>
    /// <exception cref="ArgumentException">A buffer has another shape than its parameter.</exception>
    public static void Load(FusedOptimizer optimizer, IEnumerable<(string name, Parameter parameter)> names, IReadOnlyDictionary<string, Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(tensors);
        using var mode = torch.no_grad();
        foreach (var (name, state) in StatesOf(optimizer, names))
        {
            if (!tensors.TryGetValue($"{name}/{StepsName}", out var steps))
            {
                throw new InvalidDataException($"The optimizer state lacks '{name}/{StepsName}'; it was saved by another optimizer or for another model.");
            }

            for (var i = 0; i < state.Buffers.Length; i++)
            {
                state.Load(i, tensors.GetValueOrDefault($"{name}/{optimizer.BufferNames[i]}"));
            }

            state.Steps = steps.item<long>();
        }
    }

    private static IEnumerable<(string Name, ParameterState State)> StatesOf(FusedOptimizer optimizer, IEnumerable<(string name, Parameter parameter)> names) =>
        from entry in names
        let state = optimizer.StateOf(entry.parameter)
        where state is not null
        select (entry.name, state);
}
