namespace Parallax.Plugins.Backbones;

/// <summary>Batch normalisation of a backbone.</summary>
public enum NormKind
{
    /// <summary>Statistics over the whole batch.</summary>
    Batch,

    /// <summary>Statistics over equal groups of the batch, as if it were spread over several devices: what MoCo needs on one device.</summary>
    Split,
}
