using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>What methods that predict colours from lightness show.</summary>
public static class ColourPictures
{
    private const double Temperature = 0.38;   // Zhang et al., ECCV 2016, section 2.3

    /// <summary>Images, the same without colours, and with predicted colours on their own lightness.</summary>
    /// <param name="views">Images, normalised, [N, 3, H, W].</param>
    /// <param name="rgb">The same in [0, 1].</param>
    /// <param name="logits">Predicted colours, [N, Q, h, w].</param>
    /// <param name="centres">[Q, 2].</param>
    public static IReadOnlyList<PictureColumn> Of(Tensor views, Tensor rgb, Tensor logits, Tensor centres)
    {
        var lightness = Lab.FromRgb(rgb).narrow(1, 0, 1);                                                 // [N, 1, H, W]
        var ab = ColourClasses.AnnealedMean(logits, centres, Temperature);                                // [N, 2, h, w]
        var colours = F.interpolate(ab, size: [rgb.shape[2], rgb.shape[3]], mode: InterpolationMode.Bilinear, align_corners: false);

        return
        [
            new("original", views),
            new("grey", Lab.ToRgb(cat([lightness, zeros_like(colours)], 1))) { IsNormalised = false },
            new("colorized", Lab.ToRgb(cat([lightness, colours], 1))) { IsNormalised = false },
        ];
    }
}
