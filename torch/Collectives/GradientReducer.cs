namespace Parallax.Torch;

/// <summary>Averages the gradients of parameters over processes, in a few large exchanges.</summary>
/// <remarks>
/// Buckets are filled in reverse order of the parameters. A gradient that is missing here counts as zero if any process has one, and stays missing if none has.
/// All processes give the same parameters in the same order and memory layout. Whether a process exchanges during backward or after it changes no bit, and
/// is nobody else's concern.
/// </remarks>
public sealed class GradientReducer
{
    private readonly ProcessGroup _group;
    private readonly List<GradientBucket> _buckets = [];
    private List<GradientHook>? _hooks;
    private Task _lastExchange = Task.CompletedTask;
    private bool _overlaps;

    /// <param name="parameters">What is trained, already on its device and in its type.</param>
    /// <param name="group">The processes.</param>
    /// <param name="bucketBytes">Size from which a bucket is full; 25 MiB, as PyTorch.</param>
    public GradientReducer(IEnumerable<Parameter> parameters, ProcessGroup group, long bucketBytes = 25L << 20)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(group);
        ArgumentOutOfRangeException.ThrowIfLessThan(bucketBytes, 1);
        _group = group;
        foreach (var alike in parameters.Reverse().GroupBy(parameter => (parameter.dtype, parameter.device.ToString())))
        {
            Fill([.. alike], bucketBytes);
        }
    }

    /// <summary>Buckets, from the first, whose exchange has begun in this step.</summary>
    internal int Begun { get; private set; }

    /// <summary>From here to <see cref="Reduce"/>, a bucket is exchanged on another thread as soon as backward has computed its gradients. Call it before
    /// the last backward pass of a step. Does nothing for CUDA tensors, and where MPI allows one thread only.</summary>
    /// <exception cref="InvalidOperationException">It was begun before, without <see cref="Reduce"/>.</exception>
    public void Begin()
    {
        if (_overlaps)
        {
            throw new InvalidOperationException($"The exchange of gradients was begun before; call {nameof(Reduce)} first.");
        }

        if (_group.Size > 1 && ProcessGroup.AllowsThreads && !_buckets.Exists(bucket => bucket.IsCuda))
        {
            _hooks ??= [.. _buckets.SelectMany(Hooks)];
            _buckets.ForEach(bucket => bucket.Expect());
            _overlaps = true;
        }
    }

    /// <summary>Replaces every gradient by its mean over the processes.</summary>
    /// <exception cref="ProcessGroupException">Another process ended, or did not take part in time.</exception>
    public void Reduce()
    {
        if (_group.Size == 1)
        {
            return;
        }

        using var noGradient = no_grad();
        try
        {
            for (var i = 0; i < _buckets.Count; i++)
            {
                while (Begun <= i || (_overlaps && Begun < _buckets.Count))
                {
                    BeginNext();
                }

                using var bucket = _buckets[i];
                bucket.Exchange.GetAwaiter().GetResult();
                bucket.Unpack(_group.Size);
            }
        }
        finally
        {
            (_overlaps, Begun) = (false, 0);
        }
    }

    private void Fill(List<Parameter> parameters, long bucketBytes)
    {
        var bytes = bucketBytes;
        foreach (var parameter in parameters)
        {
            if (bytes >= bucketBytes)
            {
                _buckets.Add(new());
                bytes = 0;
            }

            _buckets[^1].Parameters.Add(parameter);
            bytes += parameter.numel() * parameter.element_size();
        }
    }

    private IEnumerable<GradientHook> Hooks(GradientBucket bucket) => bucket.Parameters
        .Select((parameter, i) => parameter.requires_grad ? new GradientHook(parameter, () => OnGradient(bucket, i)) : null).OfType<GradientHook>();

    private void OnGradient(GradientBucket bucket, int parameter)
    {
        if (!_overlaps)
        {
            return;
        }

        while (Begun < _buckets.Count && _buckets[Begun].IsComplete)
        {
            BeginNext();
        }

        bucket.Note(parameter);   // not before: this gradient is not in its place yet
    }

    /// <summary>Exchanges the next bucket: on another thread, after the one before, or here and now.</summary>
    private void BeginNext()
    {
        var bucket = _buckets[Begun++];
        var sum = bucket.Pack();
        if (_overlaps)
        {
            bucket.Exchange = _lastExchange = _lastExchange.ContinueWith(_ => _group.Aside.AllReduceInPlace(sum), CancellationToken.None,
                TaskContinuationOptions.LongRunning, TaskScheduler.Default);
        }
        else
        {
            (bucket.IsCuda ? _group : _group.Aside).AllReduceInPlace(sum);
        }
    }
}
