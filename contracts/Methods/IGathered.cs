namespace Parallax.Contracts;

/// <summary>Declares what a step needs of the other processes. A step without it sees its own images only, queues and momentum encoders included.</summary>
public interface IGathered
{
    /// <summary>What is exchanged.</summary>
    ProcessExchange Exchange { get; }
}

/// <summary>What processes exchange inside a step.</summary>
[Flags]
public enum ProcessExchange
{
    /// <summary>Nothing.</summary>
    Nothing = 0,

    /// <summary>Rows of the whole batch: negatives, balanced assignments, shuffled batches.</summary>
    GatheredBatch = 1,

    /// <summary>Means over the whole batch: moments, centres.</summary>
    ReducedStatistics = 2,
}
