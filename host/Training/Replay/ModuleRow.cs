using System.Text.Json.Serialization;

namespace Parallax.Host.Training;

/// <summary>A module over all its calls in one step.</summary>
/// <param name="Module">Its name in the method.</param>
/// <param name="Type">Its type.</param>
/// <param name="Calls">How often it was called.</param>
/// <param name="Mean">Mean of the finite values it gave; null without any, as are the next two.</param>
/// <param name="Deviation">Their standard deviation.</param>
/// <param name="Largest">Their largest magnitude.</param>
/// <param name="NonFiniteShare">The share of what it gave that is NaN or infinite, a fraction in [0, 1].</param>
/// <param name="GradientNorm">Norm of the gradient of the loss with respect to what it gave; NaN when some of that is no finite number, null without
/// one.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record ModuleRow(
    string Module, string Type, int Calls, double? Mean, double? Deviation, double? Largest, double NonFiniteShare, double? GradientNorm)
{
    /// <summary>A row per module, in the order of their first calls.</summary>
    public static IReadOnlyList<ModuleRow> Of(IEnumerable<ModuleCall> calls) => [.. calls.GroupBy(call => call.Name).Select(group =>
    {
        var output = group.Select(call => call.Output).Aggregate((a, b) => a + b);
        var gradients = group.Select(call => call.GradientOfOutput).OfType<TensorStatistics>().ToList();

        double? IfAny(double value) => output.Count == 0 ? null : value;

        return new ModuleRow(
            group.Key, group.First().Type, group.Count(), IfAny(output.Mean), IfAny(output.Deviation), IfAny(output.Largest), output.NonFiniteShare,
            gradients.Count == 0 ? null : Norm(gradients.Aggregate((a, b) => a + b)));
    })];

    private static double Norm(TensorStatistics gradient) => gradient.NonFinite > 0 ? double.NaN
        : Math.Sqrt(gradient.Count * ((gradient.Mean * gradient.Mean) + (gradient.Deviation * gradient.Deviation)));
}
