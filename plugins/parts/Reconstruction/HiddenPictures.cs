using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>What methods that predict the pixels of hidden patches show.</summary>
public static class HiddenPictures
{
    /// <summary>Images, what is visible of them, and the same with predictions in place of what is hidden.</summary>
    /// <param name="images">[N, C, H, H].</param>
    /// <param name="predicted">Pixels of every patch, as those of <see cref="PatchPixels.Split"/>, [N, L, p p C].</param>
    /// <param name="hidden">1 where a patch is hidden, else 0, [N, L].</param>
    /// <param name="patchSize">Side p of a patch in pixels.</param>
    public static IReadOnlyList<PictureColumn> Of(Tensor images, Tensor predicted, Tensor hidden, int patchSize)
    {
        var pixels = PatchPixels.Split(images, patchSize);   // [N, L, p p C]
        var isHidden = hidden.unsqueeze(2).to(@bool);        // [N, L, 1]

        return
        [
            new("original", images),
            new("masked", Masked(images, hidden, patchSize)),
            new("reconstruction", PatchPixels.Join(where(isHidden, predicted.to(pixels.dtype), pixels), patchSize)),
        ];
    }

    /// <summary>What is visible of images: 0 in place of hidden patches.</summary>
    /// <param name="images">[N, C, H, H].</param>
    /// <param name="hidden">1 where a patch is hidden, else 0, [N, L].</param>
    /// <param name="patchSize">Side p of a patch in pixels.</param>
    /// <returns>[N, C, H, H].</returns>
    public static Tensor Masked(Tensor images, Tensor hidden, int patchSize) =>
        PatchPixels.Join(where(hidden.unsqueeze(2).to(@bool), 0, PatchPixels.Split(images, patchSize)), patchSize);
}
