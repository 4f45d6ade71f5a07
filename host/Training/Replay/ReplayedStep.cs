using System.Text.Json.Serialization;

namespace Parallax.Host.Training;

/// <summary>What a repeated step showed.</summary>
/// <param name="Method">The method.</param>
/// <param name="Step">The step.</param>
/// <param name="Checkpoint">Where the repetition began; null for the first step of the run.</param>
/// <param name="From">Steps that were done there.</param>
/// <param name="Loss">The loss; null when the step did not come to one.</param>
/// <param name="Compared">Steps that were compared with those of the run; 0 when the run left none.</param>
/// <param name="Difference">The first difference from the run; null when there is none.</param>
/// <param name="Error">What ended the step; null when it came to its end.</param>
/// <param name="First">Where the finite numbers were left; null when they were not.</param>
/// <param name="Modules">What every module gave.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record ReplayedStep(
    string Method, long Step, string? Checkpoint, long From, double? Loss, int Compared, string? Difference, string? Error, FirstNonFinite? First,
    IReadOnlyList<ModuleRow> Modules);
