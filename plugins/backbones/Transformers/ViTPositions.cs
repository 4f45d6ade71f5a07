namespace Parallax.Plugins.Backbones;

/// <summary>How a transformer knows where a patch is.</summary>
public enum ViTPositions
{
    /// <summary>A trained table, drawn from a normal distribution of deviation 0.02.</summary>
    Learned,

    /// <summary>A fixed table of sines and cosines, the column first: MAE.</summary>
    SinCos,

    /// <summary>A fixed table of sines and cosines, the row first: MoCo v3.</summary>
    SinCosMoco,
}
