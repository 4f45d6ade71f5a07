using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <content>Views of methods that learn from labels.</content>
public static partial class ViewRecipes
{
    /// <summary>Classification: crop down to 8 % of the area, flip.</summary>
    /// <param name="size">Side of the view in pixels.</param>
    /// <remarks>Szegedy et al., "Going Deeper with Convolutions", CVPR 2015, section 6, as PyTorch's ImageNet example; no colour jitter.</remarks>
    public static ViewSpec Supervised(int size) => new([Crop(size, 0.08, 1, Bilinear), Flip(), Normalize()]);

    /// <summary>Classification of small images: shift by up to an eighth of the side, flip.</summary>
    /// <param name="size">Side of the view in pixels, 32 in the source.</param>
    /// <remarks>He et al., CVPR 2016, section 4.2 (CIFAR-10): 4 pixels of padding around 32.</remarks>
    public static ViewSpec SupervisedSmall(int size) => new([new("random-crop", ("size", size), ("padding", size / 8)), Flip(), Normalize()]);

    /// <summary>SupCon: crop, flip, jitter, grayscale, no blur.</summary>
    /// <param name="size">Side of the view in pixels.</param>
    /// <remarks>Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, https://arxiv.org/abs/2004.11362, as in the authors' code.</remarks>
    public static ViewSpec SupCon(int size) => new(
    [
        Crop(size, 0.2, 1, Bilinear), Flip(), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), Normalize(),
    ]);
}
