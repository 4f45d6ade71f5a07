namespace Parallax.Plugins.Parts;

/// <summary>A teacher's temperature over the epochs: from its first value to its last in equal steps, one per epoch, then constant.</summary>
/// <remarks>Caron et al., DINO, ICCV 2021, appendix C, https://arxiv.org/abs/2104.14294, and its code.</remarks>
/// <param name="Start">In the first epoch, positive.</param>
/// <param name="End">From the last epoch of the warm-up on, positive.</param>
/// <param name="Epochs">Epochs of the warm-up, not negative.</param>
public readonly record struct TemperatureWarmup(double Start, double End, int Epochs)
{
    /// <summary>Temperature in an epoch.</summary>
    /// <param name="epoch">From 0.</param>
    public double At(int epoch)
    {
        var share = epoch < Epochs ? (double)epoch / Math.Max(1, Epochs - 1) : 1;

        return Start + ((End - Start) * share);
    }

    /// <summary>A sentence when the run ends before the warm-up does; else nothing.</summary>
    /// <param name="run">How long the run is.</param>
    public IEnumerable<string> Notes(RunInfo run) => (Epochs - 1) * run.StepsPerEpoch < run.TotalSteps ? [] : LateStart.Note(
        "method.warmupTeacherTemperatureEpochs", Epochs, run, "the teacher's temperature never reaches method.teacherTemperature");
}
