namespace Parallax.Plugins.Methods;

/// <summary>Which of the paper's two pairs of heads MoCo v3 takes.</summary>
public enum MoCoV3Heads
{
    /// <summary>By the backbone: transformer for one that works on patches, else convolutional.</summary>
    Auto,

    /// <summary>Projector of three layers, normalisation behind projector and predictor.</summary>
    Transformer,

    /// <summary>Projector of two layers, no normalisation behind the predictor.</summary>
    Convolutional,
}
