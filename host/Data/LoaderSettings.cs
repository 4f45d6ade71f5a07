using Parallax.Host.Configuration;

namespace Parallax.Host.Data;

/// <summary>How batches are made.</summary>
/// <param name="BatchSize">Images per batch, on this process.</param>
public sealed record LoaderSettings(int BatchSize)
{
    /// <summary>Seed of the sampling order and of every augmentation.</summary>
    public long Seed { get; init; }

    /// <summary>Leave out the last batch of an epoch when it is not full.</summary>
    public bool DropLast { get; init; } = true;

    /// <summary>Worker threads. The batches do not depend on it.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Batches made ahead of the one in use; 0, for evaluations alone, makes each when the one before is done with.</summary>
    public int Prefetch { get; init; } = 2;

    /// <summary>Epochs of the run: nothing is made ahead for later ones.</summary>
    public long Epochs { get; init; } = long.MaxValue;

    /// <summary>Decode a JPEG by 2, 4 or 8 smaller where the crops of all its views shrink it at least twice as much.</summary>
    public bool DecodeSmaller { get; init; } = true;

    /// <summary>Processes that share each batch: together they see <see cref="BatchSize"/> * this many images, in the order in which one process would see
    /// them.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>Which of the equal parts of each batch this process makes, from 0.</summary>
    public int Process { get; init; }

    /// <summary>What happens to a sample that cannot be read.</summary>
    public ErrorPolicy OnError { get; init; }
}
