namespace Parallax.Host.Configuration;

/// <summary>Course of the learning rate after warm-up.</summary>
public enum ScheduleName
{
    /// <summary>Stays at its peak.</summary>
    Constant,

    /// <summary>Half a cosine, step by step (Loshchilov and Hutter, 2017).</summary>
    Cosine,

    /// <summary>Half a cosine, constant within an epoch.</summary>
    CosineEpoch,

    /// <summary>Multiplied by <c>gamma</c> at each milestone.</summary>
    Multistep,

    /// <summary>Peak / sqrt(1 + peak x weight decay x step) (Bottou, "Stochastic Gradient Descent Tricks", 2012).</summary>
    Bottou,
}
