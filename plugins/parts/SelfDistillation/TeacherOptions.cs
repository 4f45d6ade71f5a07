using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>What methods take that learn from a centred and sharpened teacher: their heads, temperatures and centre.</summary>
public abstract record TeacherOptions : IRunRequirements
{
    /// <summary>Width of the hidden layers of a head. DINO, appendix C: 2048, as its successors.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 2048;

    /// <summary>Width D of the embedding before the last layer of a head. DINO, appendix C: 256, as its successors.</summary>
    [Range(1, 65536)]
    public int BottleneckDim { get; init; } = 256;

    /// <summary>
    /// Whether the rows of the last layer keep length one; off may do better, but is less stable. DINO's code: yes, as its successors; no in long runs.
    /// </summary>
    public bool NormLastLayer { get; init; } = true;

    /// <summary>First epochs in which the last layer does not learn; fractions are allowed. DINO's code: 1, as its successors.</summary>
    [Range(0.0, 100_000.0)]
    public double FreezeLastLayerEpochs { get; init; } = 1;

    /// <summary>Divisor of the student's outputs, positive. DINO, section 3.1: 0.1, as its successors.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double StudentTemperature { get; init; } = 0.1;

    /// <summary>Divisor of the teacher's outputs after the warm-up, positive. DINO's code: 0.04; 0.07 in long runs and with its successors.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double TeacherTemperature { get; init; } = 0.04;

    /// <summary>Divisor of the teacher's outputs in the first epoch, positive. DINO, section 3.1: 0.04, as its successors.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double WarmupTeacherTemperature { get; init; } = 0.04;

    /// <summary>Epochs over which the teacher's temperature goes from the first to the other in equal steps. DINO's code: 0; 30 in long runs.</summary>
    [Range(0, 100_000)]
    public int WarmupTeacherTemperatureEpochs { get; init; }

    /// <summary>Share of the centre kept at each step, a fraction in [0, 1]. DINO, appendix D: 0.9, as its successors.</summary>
    [Range(0.0, 1.0)]
    public double CentreMomentum { get; init; } = 0.9;

    /// <inheritdoc/>
    public virtual IEnumerable<string> Faults(RunInfo run) => [];

    /// <inheritdoc/>
    public virtual IEnumerable<string> Notes(RunInfo run) =>
    [
        .. LateStart.Note("method.freezeLastLayerEpochs", FreezeLastLayerEpochs, run, "the last layer never learns"),
        .. (WarmupTeacherTemperatureEpochs - 1) * run.StepsPerEpoch < run.TotalSteps ? [] : LateStart.Note(
            "method.warmupTeacherTemperatureEpochs", WarmupTeacherTemperatureEpochs, run,
            "the teacher's temperature never reaches method.teacherTemperature"),
    ];

    /// <summary>Shape of the heads.</summary>
    /// <param name="outputs">Outputs K of the last layer.</param>
    /// <param name="batchNorm">Whether hidden layers are batch-normalised.</param>
    public DINOHeadShape HeadShape(long outputs, bool batchNorm = false) => new(outputs, HiddenDim, BottleneckDim, batchNorm, NormLastLayer);

    /// <summary>The teacher's temperature in an epoch: from its first value in equal steps, one per epoch, to its last, then constant.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="last">The last value; null takes <see cref="TeacherTemperature"/>.</param>
    public double TeacherTemperatureAt(int epoch, double? last = null)
    {
        var share = epoch < WarmupTeacherTemperatureEpochs ? (double)epoch / Math.Max(1, WarmupTeacherTemperatureEpochs - 1) : 1;

        return WarmupTeacherTemperature + (((last ?? TeacherTemperature) - WarmupTeacherTemperature) * share);
    }
}
