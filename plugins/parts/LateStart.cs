using System.Globalization;

namespace Parallax.Plugins.Parts;

/// <summary>Notes on what begins at an epoch, or at a step, that a run never comes to.</summary>
public static class LateStart
{
    /// <summary>A sentence when the run ends before; else nothing.</summary>
    /// <param name="key">Option, with its section.</param>
    /// <param name="epochs">Epochs before it begins; fractions are allowed.</param>
    /// <param name="run">How long the run is.</param>
    /// <param name="effect">What becomes of it, as the end of a sentence.</param>
    public static IEnumerable<string> Note(string key, double epochs, RunInfo run, string effect) =>
        epochs <= 0 || epochs * run.StepsPerEpoch < run.TotalSteps ? [] :
    [
        string.Create(
            CultureInfo.InvariantCulture,
            $"{key} is {epochs}, but the run ends after {run.TotalSteps} steps ({(double)run.TotalSteps / run.StepsPerEpoch:0.##} epochs): "
                + $"{effect}. Fine for a short try; else lower it, or train longer."),
    ];

    /// <summary>The same for an option that counts optimizer steps.</summary>
    public static IEnumerable<string> NoteOfSteps(string key, long steps, RunInfo run, string effect) => steps <= 0 || steps < run.TotalSteps ? [] :
    [
        string.Create(
            CultureInfo.InvariantCulture,
            $"{key} is {steps}, but the run has only {run.TotalSteps} steps: {effect}. Fine for a short try; else lower it, or train longer."),
    ];
}
