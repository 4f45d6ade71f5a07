namespace Parallax.Host.Verification;

/// <summary>Euclidean norms in float64.</summary>
internal static class TensorNorm
{
    public static double Of(Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();

        return Norm(tensor.detach().cpu().to(float64));
    }

    /// <param name="one">A tensor.</param>
    /// <param name="other">One of the same shape; of another shape the distance is infinite.</param>
    public static double OfDifference(Tensor one, Tensor other)
    {
        using var scope = torch.NewDisposeScope();

        return one.shape.SequenceEqual(other.shape)
            ? Norm(one.detach().cpu().to(float64) - other.detach().cpu().to(float64))
            : double.PositiveInfinity;
    }

    private static double Norm(Tensor values) => values.square().sum().sqrt().item<double>();
}
