using Parallax.Host.Training;

namespace Parallax.Host.Verification;

/// <summary>Compares two courses that should be the same.</summary>
/// <param name="expected">The reference.</param>
/// <param name="actual">The other; it may have begun later.</param>
/// <param name="method">The method, to name where it differs.</param>
internal sealed class CourseComparison(Course expected, Course actual, Module method)
{
    private const double StateFloor = 1e-6;   // of the norm of a tensor: some steps of rounding to float32

    private readonly int _skipped = expected.Losses.Count - actual.Losses.Count;   // steps before the other began

    /// <summary>The largest difference between losses of the same step, as a share of the loss; NaN where one is no number.</summary>
    public double LossDifference => expected.Losses.Skip(_skipped).Zip(actual.Losses, Tolerance.ShareOfLoss).Aggregate(0.0, Math.Max);

    /// <summary>Where the bits differ first: in a module's output, in the loss, in the state. Null when all are the same.</summary>
    public string? FirstDifferentBits()
    {
        for (var step = 0; step < actual.Losses.Count; step++)
        {
            var place = FirstDifferentCall(step)
                ?? (expected.Losses[_skipped + step].Equals(actual.Losses[step]) ? null
                    : $"{Own}: its modules gave the same outputs, and the loss is another");
            if (place is not null)
            {
                return FormattableString.Invariant($"step {_skipped + step + 1}: {place}");
            }
        }

        return expected.State.Keys.Union(actual.State.Keys)
            .Where(name => !expected.State.TryGetValue(name, out var one) || !actual.State.TryGetValue(name, out var other)
                || TensorHash.Of(one) != TensorHash.Of(other))
            .Select(name => $"after the last step: '{name}' in the state of {ModuleOf(Parameter(name))}").FirstOrDefault();
    }

    /// <summary>How far the gradients are off.</summary>
    public GradientDifference GradientDifference { get; } = GradientDifference.Of(expected.Gradients, actual.Gradients);

    /// <summary>Where losses, gradients or state are off by more than rounding; null when they are not.</summary>
    /// <param name="tolerance">How far rounding takes them.</param>
    public string? FirstDifferenceBeyond(Tolerance tolerance) =>
        FirstOff(GradientDifference.Each, tolerance.OneGradient, "the gradient of")
            ?? (GradientDifference is { Largest: { } largest, Together: var together } && GradientDifference.Exceeds(tolerance.Gradients)
                ? FormattableString.Invariant($"{ModuleNames.OfDeviation(method, largest)}; all together by {together:G3}")
                : null)
            ?? (!(LossDifference <= Tolerance.Loss) ? FormattableString.Invariant($"{Own}: the loss is off by {LossDifference:G3} of it") : null)
            ?? FirstOff(MovedState(), tolerance.State, "what training changed in");

    private string? FirstOff(IEnumerable<Deviation> deviations, double tolerance, string what) => deviations.Where(off => off.Exceeds(tolerance))
        .Select(off => FormattableString.Invariant($"{ModuleOf(off.Name)}: {what} '{off.Name}' is off by {off.Share:G3} of it")).FirstOrDefault();

    // How far training has taken each tensor elsewhere, as a share of how far it was taken.
    private IEnumerable<Deviation> MovedState()
    {
        foreach (var (name, start) in expected.Start)
        {
            if (!actual.State.TryGetValue(CheckpointStore.MethodPrefix + name, out var other))
            {
                yield return new(name, double.PositiveInfinity);
                continue;
            }

            var own = expected.State[CheckpointStore.MethodPrefix + name];
            var rounding = start.is_floating_point() ? StateFloor * (1 + TensorNorm.Of(own)) : 0;
            var distance = Math.Max(0, TensorNorm.OfDifference(own, other) - rounding);
            yield return new(name, distance == 0 ? 0 : distance / Math.Max(TensorNorm.OfDifference(own, start), rounding));
        }
    }

    private string? FirstDifferentCall(int step)
    {
        if (expected.Calls.Count == 0 || actual.Calls.Count == 0)
        {
            return null;
        }

        var (own, other) = (expected.Calls[_skipped + step], actual.Calls[step]);
        for (var i = 0; i < Math.Min(own.Count, other.Count); i++)
        {
            if (own[i] != other[i])
            {
                return Describe(own[i], other[i]);
            }
        }

        return own.Count == other.Count ? null : $"{Own}: it calls its modules {other.Count} times in place of {own.Count}";
    }

    private string Describe(HashedCall own, HashedCall other) =>
        own.Module != other.Module ? $"{Own}: it calls '{other.Module}' in place of '{own.Module}'"
            : own.Input == other.Input ? $"module '{own.Module}' ({own.Type}) gives another output for the same input"
            : $"module '{own.Module}' ({own.Type}) is given something else: by {ModuleOf(own.Module)}, or by the views";

    private string Own => ModuleNames.OfMethod(method);

    // method.backbone.conv1.weight and optimizer.backbone.conv1.weight/momentum are about backbone.conv1.weight.
    private static string Parameter(string stateName) => stateName[(stateName.IndexOf('.', StringComparison.Ordinal) + 1)..].Split('/')[0];

    private string ModuleOf(string name) => ModuleNames.OfOwner(method, name);
}
