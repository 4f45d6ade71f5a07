namespace Parallax.Plugins.Parts;

/// <summary>Images as rows of patches, and back.</summary>
/// <remarks>
/// He et al., "Masked Autoencoders Are Scalable Vision Learners", CVPR 2022, https://arxiv.org/abs/2111.06377, and its code: patches row by row, and in a
/// patch row, column, channel; the channel varies fastest.
/// </remarks>
public static class PatchPixels
{
    private const double VarianceFloor = 1e-6;

    /// <summary>The pixels of every patch.</summary>
    /// <param name="images">[N, C, H, W]; pixels beyond the last whole patch are left out.</param>
    /// <param name="patchSize">Side p of a patch in pixels.</param>
    /// <returns>[N, L, p p C].</returns>
    public static Tensor Split(Tensor images, int patchSize)
    {
        using var scope = NewDisposeScope();
        var (n, c, p) = (images.shape[0], images.shape[1], (long)patchSize);
        var (h, w) = (images.shape[2] / p, images.shape[3] / p);
        var grid = images.narrow(2, 0, h * p).narrow(3, 0, w * p).reshape(n, c, h, p, w, p);   // [N, C, h, p, w, p]

        return grid.permute(0, 2, 4, 3, 5, 1).reshape(n, h * w, p * p * c).MoveToOuterDisposeScope();   // [N, L, p p C]
    }

    /// <summary>The images of a square grid of patches: the inverse of <see cref="Split"/>.</summary>
    /// <param name="patches">[N, L, p p C], L a square number.</param>
    /// <param name="patchSize">Side p of a patch in pixels.</param>
    /// <returns>[N, C, H, H], H = p √L.</returns>
    /// <exception cref="ArgumentException">The number of patches is no square.</exception>
    public static Tensor Join(Tensor patches, int patchSize)
    {
        var (n, l, p) = (patches.shape[0], patches.shape[1], (long)patchSize);
        var side = (long)Math.Round(Math.Sqrt(l));
        if (side * side != l)
        {
            throw new ArgumentException($"{l} patches do not fill a square; expected a square number of them.", nameof(patches));
        }

        using var scope = NewDisposeScope();
        var grid = patches.reshape(n, side, side, p, p, patches.shape[2] / (p * p));   // [N, h, w, p, p, C]

        return grid.permute(0, 5, 1, 3, 2, 4).reshape(n, -1, side * p, side * p).MoveToOuterDisposeScope();   // [N, C, H, W]
    }

    /// <summary>Every patch with mean zero and deviation one: (t - mean) / sqrt(variance + 1e-6), the variance unbiased as in the authors' code.</summary>
    /// <param name="patches">[N, L, p p C], of at least two values each: one value has no deviation.</param>
    /// <returns>[N, L, p p C] float32.</returns>
    public static Tensor NormaliseEach(Tensor patches)
    {
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var (mean, deviation) = Moments(patches);

        return ((patches.to(float32) - mean) / deviation).MoveToOuterDisposeScope();   // [N, L, p p C]
    }

    /// <summary>Undoes <see cref="NormaliseEach"/>, to show what was predicted of normalised patches.</summary>
    /// <param name="normalised">[N, L, p p C].</param>
    /// <param name="patches">The patches that give mean and deviation, [N, L, p p C].</param>
    /// <returns>[N, L, p p C] float32.</returns>
    public static Tensor Denormalise(Tensor normalised, Tensor patches)
    {
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var (mean, deviation) = Moments(patches);

        return ((normalised.to(float32) * deviation) + mean).MoveToOuterDisposeScope();   // [N, L, p p C]
    }

    // [N, L, 1] each
    private static (Tensor Mean, Tensor Deviation) Moments(Tensor patches)
    {
        var x = patches.to(float32);

        return (x.mean([2], keepdim: true), (x.var(2, unbiased: true, keepdim: true) + VarianceFloor).sqrt());
    }
}
