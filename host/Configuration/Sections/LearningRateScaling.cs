namespace Parallax.Host.Configuration;

/// <summary>How the learning rate follows the batch size.</summary>
public enum LearningRateScaling
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>times batch / 256 (Goyal et al., 2017).</summary>
    Linear,

    /// <summary>times the square root of the batch size (You et al., 2017).</summary>
    Sqrt,
}
