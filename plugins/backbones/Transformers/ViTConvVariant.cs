namespace Parallax.Plugins.Backbones;

/// <summary>Published vision transformers with a convolutional stem.</summary>
public enum ViTConvVariant
{
    /// <summary>Xiao et al., 1 GF: 11 blocks of width 192.</summary>
    Gf1,

    /// <summary>Xiao et al., 4 GF: 11 blocks of width 384.</summary>
    Gf4,

    /// <summary>Xiao et al., 18 GF: 11 blocks of width 768.</summary>
    Gf18,

    /// <summary>Xiao et al., 36 GF: 13 blocks of width 1024.</summary>
    Gf36,

    /// <summary>MoCo v3's small one: 11 blocks of width 384 with 12 heads, fixed positions.</summary>
    MocoSmall,

    /// <summary>MoCo v3's base one: 11 blocks of width 768 with 12 heads, fixed positions.</summary>
    MocoBase,
}
