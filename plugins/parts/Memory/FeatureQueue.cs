namespace Parallax.Plugins.Parts;

/// <summary>A first-in first-out store of keys from earlier batches, the negatives of MoCo. Its tensors are buffers: checkpoints and device moves include
/// them.</summary>
/// <remarks>
/// <para>He et al., "Momentum Contrast for Unsupervised Visual Representation Learning", CVPR 2020, algorithm 1, https://arxiv.org/abs/1911.05722.</para>
/// <para>Differs from the authors' code: keys are rows, [K, D], not columns, so one key is one piece of memory; the queue is written once the optimizer step is
/// done, so the loss of a step never sees a half-written queue and needs no copy of it.</para>
/// </remarks>
public sealed class FeatureQueue : Module, IFeatureMemory
{
    // The names of these fields are the names in checkpoints.
    private readonly Tensor queue;
    private readonly Tensor queue_ptr;   // [1] int64, the row that the next key overwrites
    private readonly Tensor? queue_labels;

    /// <summary>Makes a queue full of random unit vectors, each row normalised along D.</summary>
    /// <param name="capacity">Number of keys K: a multiple of <paramref name="keysPerStep"/>.</param>
    /// <param name="dimension">Length D of a key.</param>
    /// <param name="keysPerStep">Keys that enter at each optimizer step, over all processes: the batch size, or twice that when both views are keys.</param>
    /// <param name="seed">Seed of the random vectors.</param>
    /// <param name="withLabels">Whether to keep the class of each key, or the video that it comes from; -1 (unknown) at the start.</param>
    /// <exception cref="ConfigurationException">The capacity is not a multiple of the keys per step.</exception>
    public FeatureQueue(long capacity, long dimension, long keysPerStep, long seed, bool withLabels = false)
        : base(nameof(FeatureQueue))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(keysPerStep, 1);
        if (Faults(capacity, keysPerStep) is [var fault])
        {
            throw new ConfigurationException(fault);
        }

        using var generator = new Generator(unchecked((ulong)seed));
        queue = Rows.Unit(randn([capacity, dimension], dtype: float32, generator: generator));
        queue_ptr = zeros([1], dtype: int64);
        queue_labels = withLabels ? full([capacity], -1, dtype: int64) : null;
        RegisterComponents();
    }

    /// <summary>What is wrong with the capacity for the keys of a step: nothing, or one sentence.</summary>
    /// <param name="capacity">Number of keys K, the option <c>method.queueSize</c>.</param>
    /// <param name="keysPerStep">Keys that enter at each optimizer step.</param>
    public static IReadOnlyList<string> Faults(long capacity, long keysPerStep) => capacity >= 1 && capacity % keysPerStep == 0 ? [] :
    [
        $"method.queueSize does not fit trainer.batchSize. The queue holds {capacity} keys and {keysPerStep} enter at each step; expected a "
            + $"multiple, because whole batches are overwritten. {Nearest(capacity, keysPerStep)}",
    ];

    /// <summary>Number of keys K.</summary>
    public long Capacity => queue.shape[0];

    /// <summary>The stored keys, [K, D], rows of length one. Overwritten by <see cref="Enqueue"/>.</summary>
    public Tensor Keys => queue;

    /// <summary>Class of each key, [K] int64, -1 where unknown; null for a queue without labels.</summary>
    public Tensor? Labels => queue_labels;

    /// <summary>Overwrites the oldest keys.</summary>
    /// <param name="keys">[N, D]; K is a multiple of N.</param>
    /// <param name="labels">[N] int64, or null.</param>
    /// <exception cref="ArgumentException">The keys are not [N, D] with K a multiple of N, or labels are missing for a queue that keeps them.</exception>
    public void Enqueue(Tensor keys, Tensor? labels)
    {
        Rows.RequireSameWidth(queue, nameof(queue), keys, nameof(keys));
        var count = keys.shape[0];
        if (count < 1 || Capacity % count != 0)
        {
            throw new ArgumentException($"{count} keys cannot enter a queue of {Capacity}; expected a number that divides it.", nameof(keys));
        }

        if (queue_labels is not null && labels is null)
        {
            throw new ArgumentException("This queue keeps the class of each key; expected labels, [N] int64 with -1 for unknown.", nameof(labels));
        }

        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var rows = (arange(count, dtype: int64, device: queue.device) + queue_ptr).remainder(Capacity);   // [N]; the pointer stays on the device
        queue.index_copy_(0, rows, keys.detach().to(queue.dtype));
        queue_labels?.index_copy_(0, rows, labels!.to(int64));
        queue_ptr.add_(count).remainder_(Capacity);
    }

    void IFeatureMemory.Remember(Tensor rows, Tensor? tags) => Enqueue(rows, tags);

    private static string Nearest(long capacity, long keysPerStep)
    {
        var below = capacity / keysPerStep * keysPerStep;

        return below < keysPerStep ? $"The nearest valid size is {keysPerStep}." : $"The nearest valid sizes are {below} and {below + keysPerStep}.";
    }
}
