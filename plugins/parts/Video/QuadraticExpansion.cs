namespace Parallax.Plugins.Parts;

/// <summary>A quadratic polynomial for the surroundings of every pixel: f(x) = xᵀ A x + bᵀ x + c.</summary>
/// <param name="Coefficients">A's three numbers, for x², xy / 2 and y², then b's two, [N, 5, H, W].</param>
/// <remarks>Farnebäck, "Two-Frame Motion Estimation Based on Polynomial Expansion", SCIA 2003, section 2: the least squares fit with the weights of a Gaussian,
/// which moments of the image give in closed form.</remarks>
internal readonly record struct QuadraticExpansion(Tensor Coefficients)
{
    /// <summary>A's numbers, [N, 3, H, W].</summary>
    public Tensor Quadratic => Coefficients.narrow(1, 0, 3);

    /// <summary>b, [N, 2, H, W].</summary>
    public Tensor Linear => Coefficients.narrow(1, 3, 2);

    /// <summary>Expands images.</summary>
    /// <param name="images">[N, 1, H, W] float32.</param>
    /// <param name="window">The weights.</param>
    public static QuadraticExpansion Of(Tensor images, GaussianFilter window)
    {
        using var scope = NewDisposeScope();
        var (second, fourth) = (window.Of(2), window.Of(4));
        var mean = window.Moment(images);                                                                  // [N, 1, H, W]
        var xx = (window.Moment(images, 2, 0) - (second * mean)) / (fourth - (second * second));           // the constant term is eliminated
        var yy = (window.Moment(images, 0, 2) - (second * mean)) / (fourth - (second * second));
        var xy = window.Moment(images, 1, 1) / (2 * second * second);
        var (x, y) = (window.Moment(images, 1, 0) / second, window.Moment(images, 0, 1) / second);

        return new(cat([xx, xy, yy, x, y], 1).MoveToOuterDisposeScope());                                  // [N, 5, H, W]
    }
}
