namespace Parallax.Plugins.Parts;

/// <summary>Filters that are a Gaussian times a power of the place, one axis after the other.</summary>
/// <param name="Radius">Pixels to each side of the middle.</param>
/// <param name="Sigma">Standard deviation of the Gaussian in pixels.</param>
internal readonly record struct GaussianFilter(int Radius, double Sigma)
{
    /// <summary>Weighted sums around every pixel: of g(x) g(y) x^a y^b f, g adding up to one. The borders are repeated.</summary>
    /// <param name="images">[N, C, H, W] float32.</param>
    /// <param name="powerOfX">a.</param>
    /// <param name="powerOfY">b.</param>
    /// <returns>[N, C, H, W].</returns>
    public Tensor Moment(Tensor images, int powerOfX = 0, int powerOfY = 0)
    {
        using var scope = NewDisposeScope();
        var channels = images.shape[1];
        var padded = F.pad(images, [Radius, Radius, Radius, Radius], PaddingModes.Replicate);   // [N, C, H + 2 r, W + 2 r]
        var across = F.conv2d(padded, Kernel(powerOfX, images.device).view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups: channels);   // [N, C, H + 2 r, W]
        var down = F.conv2d(across, Kernel(powerOfY, images.device).view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups: channels);   // [N, C, H, W]

        return down.MoveToOuterDisposeScope();
    }

    /// <summary>The sum of g(x) x^a.</summary>
    /// <param name="power">a.</param>
    public double Of(int power)
    {
        var (radius, sigma) = (Radius, Sigma);
        var places = Enumerable.Range(-radius, (2 * radius) + 1).ToList();
        var sum = places.Sum(x => Math.Exp(-x * x / (2 * sigma * sigma)));

        return places.Sum(x => Math.Pow(x, power) * Math.Exp(-x * x / (2 * sigma * sigma))) / sum;
    }

    private Tensor Kernel(int power, Device device)
    {
        var x = arange(-Radius, Radius + 1, dtype: float32, device: device);   // [2 r + 1]
        var weights = (x.square() / (-2 * Sigma * Sigma)).exp();

        return weights / weights.sum() * x.pow(power);
    }
}
