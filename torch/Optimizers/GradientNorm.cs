namespace Parallax.Torch;

/// <summary>The norm over all gradients together, and clipping by it or by the norm of each gradient.</summary>
/// <remarks>Nothing is read back from another device: TorchSharp's own clipping returns a number, and so waits for the GPU at every step.</remarks>
public static class GradientNorm
{
    private const double Epsilon = 1e-6;   // as in torch.nn.utils.clip_grad_norm_

    /// <summary>Scales all gradients by max / (norm + 1e-6) when their common norm is larger than max; one pass to measure, one only when it clips.</summary>
    /// <param name="parameters">Parameters; those without a gradient do not count.</param>
    /// <param name="maxNorm">Largest norm allowed, above 0.</param>
    /// <returns>The norm before clipping: scalar, [], float64.</returns>
    public static Tensor Clip(IEnumerable<Parameter> parameters, double maxNorm)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNorm);
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var gradients = GradientsOf(parameters);
        var norm = Of(gradients);
        if (gradients.All(OnCpu))
        {
            var factor = maxNorm / (norm.item<double>() + Epsilon);
            if (factor < 1)
            {
                using var blocks = new DenseBlocks(gradients.Select(gradient => new DenseOperand(gradient)));
                blocks.Update(_ => new ScaleRule(factor));
            }
        }
        else
        {
            var factor = (maxNorm / (norm + Epsilon)).clamp_max(1);   // []
            foreach (var alike in gradients.GroupBy(gradient => (gradient.device.ToString(), gradient.dtype)))
            {
                FusedOperators.Multiply([.. alike], factor);
            }
        }

        return norm.MoveToOuterDisposeScope();
    }

    /// <summary>Clips every gradient by itself: scales it by max / (norm + 1e-6) when its own norm is larger than max.</summary>
    /// <param name="parameters">Parameters; those without a gradient do not count.</param>
    /// <param name="maxNorm">Largest norm allowed for one gradient, above 0.</param>
    /// <returns>The norm over all gradients together before clipping: scalar, [], float64.</returns>
    public static Tensor ClipEach(IEnumerable<Parameter> parameters, double maxNorm)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNorm);
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var gradients = GradientsOf(parameters);
        var norm = Of(gradients);
        var onCpu = gradients.FindAll(OnCpu);
        if (onCpu.Count > 0)
        {
            using var blocks = new DenseBlocks(onCpu.Select(gradient => new DenseOperand(gradient)));
            var squares = blocks.Reduce(_ => new NormRule());
            blocks.Update(i => new ScaleRule(Math.Min(1, maxNorm / (Math.Sqrt(squares[i].First) + Epsilon))));
        }

        foreach (var gradient in gradients.Where(gradient => !OnCpu(gradient)))
        {
            gradient.mul_((maxNorm / (NormOf(gradient) + Epsilon)).clamp_max(1).to(gradient.dtype));
        }

        return norm.MoveToOuterDisposeScope();
    }

    internal static Tensor Of(IReadOnlyList<Tensor> gradients)
    {
        var onCpu = gradients.Where(OnCpu).ToList();
        var squares = 0.0;
        if (onCpu.Count > 0)
        {
            using var blocks = new DenseBlocks(onCpu.Select(gradient => new DenseOperand(gradient)));
            squares = blocks.Reduce(_ => new NormRule()).Sum(sums => sums.First);
        }

        var elsewhere = gradients.Where(gradient => !OnCpu(gradient)).ToArray();
        if (elsewhere.Length == 0)
        {
            return torch.tensor(Math.Sqrt(squares), dtype: torch.float64);
        }

        var first = elsewhere[0].device;
        var norms = torch.stack(elsewhere.Select(gradient => NormOf(gradient).to(first))).to(torch.float64);   // [P]
        return ((norms * norms).sum() + squares).sqrt();
    }

    // In 16 bits the sum of squares would overflow or lose small values.
    private static Tensor NormOf(Tensor gradient) => (gradient.dtype == torch.float64 ? gradient : gradient.to(torch.float32)).norm();

    private static bool OnCpu(Tensor tensor) => tensor.device_type == DeviceType.CPU;

    private static List<Tensor> GradientsOf(IEnumerable<Parameter> parameters) =>
        [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
}
