namespace Parallax.Contracts;

/// <summary>
/// What a <see cref="CounterRandom"/> draws for, where that is no view of a sample. The values stand in the key beside those of views, which count from 0.
/// </summary>
public enum RandomPurpose
{
    /// <summary>An order: that in which samples are taken, or members of a group.</summary>
    Order = -1,

    /// <summary>The content of a drawn image.</summary>
    Drawing = -2,

    /// <summary>Work over the whole data set before an epoch.</summary>
    EpochPhase = -99,

    /// <summary>What modules draw in an optimizer step, such as dropout.</summary>
    Step = -100,

    /// <summary>What a method draws in a micro-batch; its parts are the micro-batches of a step.</summary>
    MicroBatch = -101,

    /// <summary>The start of a clustering.</summary>
    Clustering = -200,

    /// <summary>Which patches of a sample are hidden; its parts are views, or what else a method draws for a sample.</summary>
    Masking = -300,

    /// <summary>Which images an epoch shows, and which of them keep their label.</summary>
    Sampling = -400,

    /// <summary>Where the clips of a video begin.</summary>
    Clips = -500,

    /// <summary>Which images of a data set a run learns from.</summary>
    Share = -600,

    /// <summary>What the views of a sample decide together, and with the sampler of their clips: each draws it again, by
    /// <see cref="CounterRandom.OfView"/>.</summary>
    Pair = -700,

    /// <summary>What a method draws once for a whole batch, alike in all its micro-batches and processes; the sample is the step.</summary>
    Batch = -800,
}
