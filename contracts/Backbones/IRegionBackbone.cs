namespace Parallax.Contracts;

/// <summary>Declares that a backbone gives features of the regions of an image beside those of the whole: tokens of its patches, or places of its last
/// map.</summary>
public interface IRegionBackbone : IBackbone
{
    /// <summary>Width of the features of a region.</summary>
    int RegionDim { get; }

    /// <summary>Features of images and of their regions, in one pass.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>What the backbone itself returns, [N, <see cref="IBackbone.FeatureDim"/>], and [N, L, <see cref="RegionDim"/>], regions row by row.</returns>
    (Tensor Views, Tensor Regions) Regions(Tensor images);
}
