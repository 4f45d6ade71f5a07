namespace Parallax.Host.Training;

/// <summary>Where in a step the first value appeared that is no finite number.</summary>
/// <param name="Module">The module, or the owner of the parameter; null when it was none.</param>
/// <param name="Text">The same in a sentence.</param>
internal sealed record FirstNonFinite(string? Module, string Text)
{
    /// <summary>Looks at a step in the order of its computation: forward, loss, then backward from its end.</summary>
    /// <param name="calls">The calls, in the order in which they ended.</param>
    /// <param name="loss">The loss; null when the step did not come to one.</param>
    /// <param name="parameters">The parameters with the gradients of the step.</param>
    /// <returns>Null when all is finite.</returns>
    public static FirstNonFinite? Find(IReadOnlyList<ModuleCall> calls, double? loss, IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        if (calls.FirstOrDefault(call => call.Output.NonFinite > 0) is { } first)
        {
            return first.TookNonFinite ? BeforeCall(calls, first) : new(first.Name, FormattableString.Invariant(
                $"forward of '{first.Name}' ({first.Type}): {first.Output.NonFiniteShare:P1} of what it gave; everything before it was finite."));
        }

        return loss is { } value && !double.IsFinite(value)
            ? new(null, "the loss: what every module gave is finite, so it is made between the last of them and the loss, in no module that is seen.")
            : InBackward(calls) ?? InParameters(parameters);
    }

    /// <summary>A parameter that was no finite number before the step, or a buffer that was NaN; masks may hold infinity.</summary>
    public static FirstNonFinite? InWeights(Module module, long step) =>
        module.named_parameters().Where(entry => TensorStatistics.Of(entry.parameter).NonFinite > 0).Select(entry => entry.name)
            .Concat(module.named_buffers().Where(entry => HasNaN(entry.buffer)).Select(entry => entry.name))
            .Select(name => new FirstNonFinite(
                OwnerOf(name), $"'{name}' was no finite number before step {step} began: see the step before it, --step {step - 1}."))
            .FirstOrDefault();

    // No module gave it, so it is made around the call: within a module that was given finite values, or outside of all.
    private static FirstNonFinite BeforeCall(IReadOnlyList<ModuleCall> calls, ModuleCall first)
    {
        var around = calls.SkipWhile(call => !ReferenceEquals(call, first))
            .FirstOrDefault(call => first.Name.StartsWith($"{call.Name}.", StringComparison.Ordinal) && !call.TookNonFinite);

        return around is not null
            ? new(around.Name, $"forward of '{around.Name}' ({around.Type}): what it gives to '{first.Name}' is no finite number, what it was given was.")
            : new(null, $"what '{first.Name}' was given is no finite number already: made by the views, or by the method between modules.");
    }

    private static bool HasNaN(Tensor buffer)
    {
        using var scope = torch.NewDisposeScope();

        return buffer.isnan().any().item<bool>();
    }

    // The module whose output has a finite gradient and whose input has not; of modules in each other the innermost.
    private static FirstNonFinite? InBackward(IReadOnlyList<ModuleCall> calls)
    {
        var breaking = calls.Reverse().Where(call => call.GradientOfOutput is { NonFinite: 0 } && call.GradientsOfInputs.Any(IsBroken)).ToList();
        if (breaking.FirstOrDefault(call => !breaking.Any(other => other.Name.StartsWith($"{call.Name}.", StringComparison.Ordinal))) is { } inner)
        {
            return new(inner.Name, $"backward of '{inner.Name}' ({inner.Type}): the gradient of what it gave is finite, that of what it took is not.");
        }

        return calls.LastOrDefault(call => call.GradientOfOutput is { } gradient && IsBroken(gradient)) is { } last
            ? new(null, $"backward of the loss: the gradient that comes to '{last.Name}' ({last.Type}) is no finite number.")
            : null;
    }

    private static FirstNonFinite? InParameters(IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        foreach (var (name, parameter) in parameters.Reverse())
        {
            using var gradient = parameter.grad;
            if (gradient is not null && IsBroken(TensorStatistics.Of(gradient)))
            {
                return new(OwnerOf(name), $"backward of '{OwnerOf(name)}': the gradient of '{name}' is no finite number, those behind it are.");
            }
        }

        return null;
    }

    private static bool IsBroken(TensorStatistics gradient) => gradient.NonFinite > 0;

    private static string OwnerOf(string parameter) => parameter.Contains('.', StringComparison.Ordinal) ? parameter[..parameter.LastIndexOf('.')] : parameter;
}
