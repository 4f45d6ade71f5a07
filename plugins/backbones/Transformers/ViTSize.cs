namespace Parallax.Plugins.Backbones;

/// <summary>Widths and depths of the vision transformers, under timm's names.</summary>
public enum ViTSize
{
    /// <summary>12 blocks of width 192 with 3 heads.</summary>
    Tiny,

    /// <summary>12 blocks of width 384 with 6 heads.</summary>
    Small,

    /// <summary>12 blocks of width 768 with 12 heads.</summary>
    Base,

    /// <summary>24 blocks of width 1024 with 16 heads.</summary>
    Large,
}
