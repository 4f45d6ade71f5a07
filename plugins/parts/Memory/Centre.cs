namespace Parallax.Plugins.Parts;

/// <summary>The running mean of a teacher's outputs, and the teacher's targets centred by it: no output can win for every image. A buffer: checkpoints include
/// it.</summary>
/// <remarks>
/// Caron et al., DINO, ICCV 2021, section 3.1 and equation (4), https://arxiv.org/abs/2104.14294: c = m c + (1 - m) mean(t).
/// Targets of a step use the centre of before; the step's outputs move it once the optimizer step is done.
/// </remarks>
public sealed class Centre : Module, IFeatureMemory
{
    private readonly Tensor center;   // [1, K]; the field's name is the name in checkpoints, that of the authors
    private readonly double _momentum;

    /// <summary>Makes a centre at zero.</summary>
    /// <param name="outputs">Number of outputs K.</param>
    /// <param name="momentum">Share of the centre kept at each step, a fraction in [0, 1].</param>
    public Centre(long outputs, double momentum)
        : base(nameof(Centre))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(momentum);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(momentum, 1);
        _momentum = momentum;
        center = zeros([1, outputs], dtype: float32);
        RegisterComponents();
    }

    /// <summary>Centred and sharpened outputs: softmax((t - c) / temperature), without gradients.</summary>
    /// <param name="teacher">Outputs of the teacher, [N, K].</param>
    /// <param name="temperature">Divisor, positive; smaller is sharper.</param>
    /// <returns>[N, K] float32 probabilities.</returns>
    /// <exception cref="ArgumentException">The outputs are not [N, K].</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public Tensor Targets(Tensor teacher, double temperature)
    {
        Rows.RequireSameWidth(center, nameof(center), teacher, nameof(teacher));
        Rows.RequireTemperature(temperature);
        using var noGradients = no_grad();
        using var precision = Precision.Float32();

        return F.softmax((teacher.to(float32) - center) / temperature, dim: 1);   // [N, K]
    }

    /// <summary>What a step hands to the trainer: the mean of its outputs, averaged over micro-batches and processes.</summary>
    /// <param name="teacher">Outputs of the teacher for all its views, [V N, K].</param>
    public MemoryUpdate Update(Tensor teacher) => new(this, teacher.detach().to(float32).mean([0], keepdim: true), Joining: RowJoining.Averaged);

    /// <summary>Moves the centre.</summary>
    /// <param name="rows">Mean of a step's outputs, [1, K].</param>
    /// <param name="tags">Not used.</param>
    /// <exception cref="ArgumentException">The rows are not [1, K].</exception>
    public void Remember(Tensor rows, Tensor? tags)
    {
        Rows.RequireSame(center, nameof(center), rows, nameof(rows));
        using var noGradients = no_grad();
        center.mul_(_momentum).add_(rows * (1 - _momentum));
    }
}
