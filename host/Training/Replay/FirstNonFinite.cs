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
            return new(first.Name, FormattableString.Invariant(
                $"forward of '{first.Name}' ({first.Type}): {first.Output.NonFiniteShare:P1} of what it gave; everything before it was finite."));
        }

        return loss is { } value && !double.IsFinite(value)
            ? new(null, "the loss: what every module gave is finite, so it is made between the last of them and the loss, in no module that is seen.")
            : InBackward(calls) ?? InParameters(parameters);
    }

    /// <summary>A parameter that was no finite number before the step.</summary>
    public static FirstNonFinite? InWeights(IEnumerable<(string Name, Parameter Parameter)> parameters, long step) =>
        parameters.Where(p => TensorStatistics.Of(p.Parameter).NonFinite > 0).Select(p => new FirstNonFinite(OwnerOf(p.Name),
            $"'{p.Name}' was no finite number before step {step} began: see the step before it, --step {step - 1}.")).FirstOrDefault();

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
