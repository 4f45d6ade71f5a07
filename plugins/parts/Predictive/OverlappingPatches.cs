using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Cuts square images into a square grid of overlapping square patches at fixed places.</summary>
/// <remarks>Hénaff et al., "Data-Efficient Image Recognition with Contrastive Predictive Coding", ICML 2020, https://arxiv.org/abs/1905.09272: 6 x 6 patches
/// of 80 pixels, one every 36, of images of 260.</remarks>
/// <param name="Side">Patches per side of an image R, at least 2.</param>
/// <param name="PatchSide">Side of a patch in pixels, positive.</param>
/// <param name="Stride">Pixels from one patch to the next, positive.</param>
public sealed record OverlappingPatches(int Side, int PatchSide, int Stride)
{
    /// <summary>The grid that covers most of an image.</summary>
    /// <param name="imageSize">Side of the image in pixels.</param>
    /// <param name="side">Patches per side, at least 2.</param>
    /// <param name="patchShare">Side of a patch as a share of the image's, a fraction in (0, 1]; rounded to whole pixels, at least 1.</param>
    public static OverlappingPatches Of(long imageSize, int side, double patchShare)
    {
        var patch = Math.Max(1, (int)Math.Round(imageSize * patchShare, MidpointRounding.AwayFromZero));

        return new(side, patch, (int)(imageSize - patch) / (side - 1));
    }

    /// <summary>What is wrong with the patches of a run: nothing, or that neighbours are the same, or that they are no whole number of the backbone's
    /// own.</summary>
    /// <param name="backbone">Sees the patches.</param>
    /// <param name="imageSize">Side of the images in pixels.</param>
    /// <param name="side">Patches per side.</param>
    /// <param name="patchShare">Side of a patch as a share of the image's.</param>
    public static IEnumerable<string> Faults(IBackbone backbone, int imageSize, int side, double patchShare)
    {
        var grid = Of(imageSize, side, patchShare);
        if (grid.Stride < 1)
        {
            yield return $"method.patchesPerSide is {side} and method.patchShare {patchShare}: patches of {grid.PatchSide} pixels leave no room for {side} "
                + $"places on images of {imageSize} pixels. Lower one of the two, or raise data.imageSize.";
        }

        if (grid.PatchSide % Math.Max(1, backbone.PatchSize) != 0)
        {
            yield return $"method.patchShare is {patchShare}: patches are {grid.PatchSide} pixels wide. Expected a multiple of {backbone.PatchSize}, the side "
                + "of the backbone's own patches. Change it, or data.imageSize.";
        }
    }

    /// <summary>Cuts the patches; what an image has beyond the grid is cut off equally on all sides.</summary>
    /// <param name="images">[N, C, S, S].</param>
    /// <returns>[N, R R, C, p, p], row by row.</returns>
    public Tensor Cut(Tensor images)
    {
        using var scope = NewDisposeScope();
        var covered = ((Side - 1) * Stride) + PatchSide;
        var margin = (images.shape[3] - covered) / 2;
        var middle = images.narrow(2, margin, covered).narrow(3, margin, covered);               // [N, C, covered, covered]

        return CutAll(middle, PatchSide, Stride).MoveToOuterDisposeScope();                       // [N, R R, C, p, p]
    }

    /// <summary>Cuts all whole patches from the upper left corner on, as torch's <c>unfold</c>; what is left over at the right and at the bottom is cut
    /// off.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="patchSide">Side of a patch in pixels.</param>
    /// <param name="stride">Pixels from one patch to the next.</param>
    /// <returns>[N, P, C, p, p], row by row.</returns>
    public static Tensor CutAll(Tensor images, int patchSide, int stride)
    {
        using var scope = NewDisposeScope();
        var patches = images.unfold(2, patchSide, stride).unfold(3, patchSide, stride);           // [N, C, rows, columns, p, p]

        return patches.permute(0, 2, 3, 1, 4, 5).flatten(1, 2).contiguous().MoveToOuterDisposeScope();   // [N, P, C, p, p]
    }
}
