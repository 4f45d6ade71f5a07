using Parallax.Contracts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Parts;

/// <summary>Views of methods that do not compose them yet.</summary>
public static class ViewRecipes
{
    /// <summary>As the builder.</summary>
    public const int SmallImageSide = ViewBuilder.SmallImageSide;

    /// <summary>MoCo v2.</summary>
    /// <param name="size">Side.</param>
    public static ViewSpec MoCoV2(int size)
    {
        var view = new ViewBuilder(size);

        return View(view.Crop(0.2), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), view.Blur(0.5, alsoSmall: true), Flip());
    }

    /// <summary>MoCo on small images.</summary>
    /// <param name="size">Side.</param>
    public static ViewSpec MoCoSmall(int size) => View(new ViewBuilder(size).Crop(0.08), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), Flip());

    /// <summary>A pair.</summary>
    /// <param name="views">Both.</param>
    public static ViewPlan Pair((ViewSpec First, ViewSpec Second) views) => new([views.First, views.Second]);

    /// <summary>BYOL.</summary>
    /// <param name="size">Side.</param>
    public static (ViewSpec First, ViewSpec Second) BYOL(int size)
    {
        var view = new ViewBuilder(size);
        var crop = view.Crop(0.08, bicubic: true);

        return (Distorted(crop, view.BlurByTenth(1)), Distorted(crop, view.BlurByTenth(0.1), solarize: 0.2));
    }

    /// <summary>BYOL on small images.</summary>
    /// <param name="size">Side.</param>
    public static (ViewSpec First, ViewSpec Second) BYOLSmall(int size) => BYOL(size);

    /// <summary>SimCLR.</summary>
    /// <param name="size">Side.</param>
    /// <param name="strength">Factor on the jitter.</param>
    public static ViewSpec SimCLR(int size, double strength = 1)
    {
        var view = new ViewBuilder(size);

        return View(
            view.Crop(0.08, bicubic: true), Flip(), Jitter(0.8 * strength, 0.8 * strength, 0.8 * strength, 0.2 * strength), Grayscale(), view.BlurByTenth(0.5));
    }

    /// <summary>SimCLR on small images.</summary>
    /// <param name="size">Side.</param>
    public static ViewSpec SimCLRSmall(int size) => SimCLR(size, 0.5);

    /// <summary>MoCo v3.</summary>
    /// <param name="size">Side.</param>
    /// <param name="scaleMin">Smallest area.</param>
    public static ViewPlan MoCoV3(int size, double scaleMin)
    {
        var view = new ViewBuilder(size);

        return new([Distorted(view.Crop(scaleMin), view.Blur(1)), Distorted(view.Crop(scaleMin), view.Blur(0.1), solarize: 0.2)]);
    }

    /// <summary>MoCo v3 on small images.</summary>
    /// <param name="size">Side.</param>
    public static ViewPlan MoCoV3Small(int size) => Pair(BYOL(size));

    /// <summary>Weak and strong.</summary>
    /// <param name="size">Side.</param>
    public static ViewPlan WeakStrong(int size) => new([View(new ViewBuilder(size).Crop(0.2), Flip()), MoCoV2(size)]);
}
