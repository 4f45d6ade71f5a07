namespace Parallax.Plugins.Parts;

/// <summary>Hides a fixed share of the patches of each image, drawn without replacement.</summary>
/// <remarks>
/// He et al., "Masked Autoencoders Are Scalable Vision Learners", CVPR 2022, section 3, https://arxiv.org/abs/2111.06377, and the authors' code: patches are
/// sorted by noise, the first int(L (1 - ratio)) stay, in this order.
/// </remarks>
public static class RandomMasking
{
    /// <summary>Masks of images.</summary>
    /// <param name="noise">[N, L] float32.</param>
    /// <param name="ratio">Share that is hidden, a fraction in [0, 1).</param>
    /// <returns>The masks, on the device of the noise.</returns>
    public static PatchMask Of(Tensor noise, double ratio) => Keep(noise, Visible(noise.shape[1], ratio));

    /// <summary>Masks that leave a number of patches, for methods which count otherwise than MAE.</summary>
    /// <param name="noise">[N, L] float32.</param>
    /// <param name="kept">How many patches K stay, from 0 to L.</param>
    /// <returns>The masks, on the device of the noise.</returns>
    public static PatchMask Keep(Tensor noise, long kept)
    {
        using var scope = NewDisposeScope();
        var shuffle = noise.argsort(1);                             // [N, L]
        var restore = shuffle.argsort(1);                           // [N, L]
        var hidden = restore.ge(kept).to_type(ScalarType.Float32);   // [N, L]

        return new(
            shuffle.narrow(1, 0, kept).contiguous().MoveToOuterDisposeScope(), restore.MoveToOuterDisposeScope(), hidden.MoveToOuterDisposeScope());
    }

    /// <summary>How many of L patches stay: L (1 - ratio) in double precision, without its fraction, as the authors' code.</summary>
    /// <param name="patches">L.</param>
    /// <param name="ratio">Share that is hidden, a fraction in [0, 1).</param>
    public static long Visible(long patches, double ratio) => (long)(patches * (1 - ratio));
}

/// <summary>Which patches of images are hidden.</summary>
/// <param name="Visible">Patches that stay, in the order in which they are encoded, [N, K] int64.</param>
/// <param name="Restore">Where each patch, row by row, stands among the visible ones followed by the hidden ones, [N, L] int64.</param>
/// <param name="Hidden">1 where a patch is hidden, else 0, row by row, [N, L] float32.</param>
public sealed record PatchMask(Tensor Visible, Tensor Restore, Tensor Hidden)
{
    /// <summary>The masks that hide what these show: what is hidden here is visible there, in this order.</summary>
    public PatchMask Complement()
    {
        using var scope = NewDisposeScope();
        var (k, l) = (Visible.shape[1], Restore.shape[1]);
        var hidden = Restore.argsort(1).narrow(1, k, l - k).contiguous();   // [N, L - K]

        return new(hidden.MoveToOuterDisposeScope(), (Restore + (l - k)).remainder(l).MoveToOuterDisposeScope(), (1 - Hidden).MoveToOuterDisposeScope());
    }

    /// <summary>The same masks on another device.</summary>
    /// <param name="device">The device of the images.</param>
    public PatchMask To(Device device) => new(Visible.to(device), Restore.to(device), Hidden.to(device));
}
