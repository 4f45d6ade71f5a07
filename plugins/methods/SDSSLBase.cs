namespace Parallax.Plugins.Methods;

/// <summary>The method that SDSSL adds its intermediate layers to.</summary>
public enum SDSSLBase
{
    /// <summary>The last layer is SimCLR: no teacher, no predictors.</summary>
    Simclr,

    /// <summary>The last layer is BYOL: predictions regress the teacher's projections.</summary>
    BYOL,

    /// <summary>The last layer is MoCo v3: predictions find the teacher's projections among those of the batch.</summary>
    MocoV3,
}
