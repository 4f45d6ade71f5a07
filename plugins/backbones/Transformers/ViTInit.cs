namespace Parallax.Plugins.Backbones;

/// <summary>Initial weights of a vision transformer.</summary>
public enum ViTInit
{
    /// <summary>timm: linear layers from a normal distribution of deviation 0.02, cut off at 2; the patch projection as PyTorch.</summary>
    Timm,

    /// <summary>MoCo v3: linear layers by Glorot's rule, queries, keys and values each by itself; the patch projection as a linear layer.</summary>
    Moco,
}
