namespace Parallax.Host.Training;

/// <summary>The values of one or more tensors in numbers. What is no finite number counts in <see cref="NonFinite"/> alone.</summary>
/// <param name="Count">Finite values.</param>
/// <param name="NonFinite">Values that are NaN or infinite.</param>
/// <param name="Mean">Mean of the finite ones.</param>
/// <param name="Deviation">Their standard deviation.</param>
/// <param name="Largest">Their largest magnitude.</param>
internal readonly record struct TensorStatistics(long Count, long NonFinite, double Mean, double Deviation, double Largest)
{
    /// <summary>The share of values that are NaN or infinite, a fraction in [0, 1].</summary>
    public double NonFiniteShare => Count + NonFinite == 0 ? 0 : (double)NonFinite / (Count + NonFinite);

    /// <summary>Reads a tensor of any shape and type.</summary>
    public static TensorStatistics Of(Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var values = tensor.detach().to(torch.float64);
        var finite = values.isfinite();
        var count = finite.sum().item<long>();
        if (count == 0)
        {
            return new(0, tensor.numel(), 0, 0, 0);
        }

        values = count < values.numel() ? values.masked_select(finite) : values;
        var mean = values.mean().item<double>();

        return new(count, tensor.numel() - count, mean, Math.Sqrt((values - mean).square().mean().item<double>()), values.abs().max().item<double>());
    }

    /// <summary>The statistics of both together.</summary>
    public static TensorStatistics operator +(TensorStatistics a, TensorStatistics b)
    {
        var count = a.Count + b.Count;
        if (count == 0)
        {
            return new(0, a.NonFinite + b.NonFinite, 0, 0, 0);
        }

        var mean = ((a.Mean * a.Count) + (b.Mean * b.Count)) / count;
        double Around(TensorStatistics part) => part.Count * ((part.Deviation * part.Deviation) + ((part.Mean - mean) * (part.Mean - mean)));

        return new(count, a.NonFinite + b.NonFinite, mean, Math.Sqrt((Around(a) + Around(b)) / count), Math.Max(a.Largest, b.Largest));
    }
}
