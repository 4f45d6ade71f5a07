namespace Parallax.Contracts;

/// <summary>What a method keeps of earlier batches: a queue of keys, a bank with a row per image, a running centre. Its tensors are buffers of a
/// module.</summary>
public interface IFeatureMemory
{
    /// <summary>Takes in the rows of one optimizer step, of all its micro-batches and processes. Called once per step, with the same rows on every process,
    /// without gradients.</summary>
    /// <param name="rows">[N, D].</param>
    /// <param name="tags">[N] int64, or null.</param>
    void Remember(Tensor rows, Tensor? tags);
}

/// <summary>Rows that a memory takes in after the optimizer step.</summary>
/// <param name="Memory">The memory.</param>
/// <param name="Rows">[N, D], detached, normalised as the memory stores them.</param>
/// <param name="Tags">[N] int64 for memories that keep a class or an image index with each row, else null.</param>
/// <param name="Joining">How the rows of micro-batches and processes become one update.</param>
public sealed record MemoryUpdate(IFeatureMemory Memory, Tensor Rows, Tensor? Tags = null, RowJoining Joining = RowJoining.Concatenated);

/// <summary>How the rows of micro-batches and processes become one update of a memory.</summary>
public enum RowJoining
{
    /// <summary>One after the other, in the order of the whole batch.</summary>
    Concatenated,

    /// <summary>Averaged row by row: for memories of statistics, such as a centre.</summary>
    Averaged,
}
