using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>How large tiles are and how far their places vary.</summary>
public abstract record TileOptions
{
    /// <summary>Side of a tile as a share of that of its cell, a fraction in (0, 1]. Noroozi and Favaro, Kolesnikov et al.: 64 of 85 pixels; Doersch et al.: 96
    /// of 144.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double TileShare { get; init; } = 0.75;

    /// <summary>Range of a tile's place as a share of what the cell leaves free, a fraction in [0, 1], rounded to whole pixels. Noroozi and Favaro, Kolesnikov
    /// et al.: 1, which are places 0 to 21 of 21 pixels; Goyal et al. (VISSL): 0.952, places 0 to 20; Doersch et al.: 14 of 48 pixels.</summary>
    [Range(0.0, 1.0)]
    public double JitterShare { get; init; } = 1;
}

/// <summary>What the network sees of the pixels of a tile.</summary>
public enum TilePixels
{
    /// <summary>Normalised as whole images are: Goyal et al., mmselfsup.</summary>
    Normalised,

    /// <summary>Standardised by the tile, each channel by itself: Noroozi and Favaro.</summary>
    StandardisedPerChannel,

    /// <summary>Standardised by the tile: Kolesnikov et al.</summary>
    StandardisedPerTile,

    /// <summary>One channel, the others noise: Doersch et al.</summary>
    ChromaDropped,

    /// <summary>Without the green-magenta direction: Doersch et al., the alternative.</summary>
    ChromaProjected,
}
