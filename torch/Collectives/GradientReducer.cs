namespace Parallax.Torch;

/// <summary>Averages the gradients of parameters over processes, in a few large exchanges.</summary>
/// <remarks>
/// Buckets are filled in reverse order of the parameters. A gradient that is missing here counts as zero if any process has one, and stays missing if none has.
/// All processes give the same parameters in the same order and memory layout.
/// </remarks>
public sealed class GradientReducer
{
    private readonly ProcessGroup _group;
    private readonly List<List<Parameter>> _buckets = [];

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

    /// <summary>Replaces every gradient by its mean over the processes.</summary>
    /// <exception cref="ProcessGroupException">Another process ended, or did not take part in time.</exception>
    public void Reduce()
    {
        if (_group.Size == 1)
        {
            return;
        }

        using var noGradient = no_grad();
        foreach (var bucket in _buckets)
        {
            using var scope = NewDisposeScope();
            var buffer = Pack(bucket);
            _group.AllReduceInPlace(buffer.Whole);
            Unpack(bucket, buffer);
        }
    }

    private void Fill(List<Parameter> parameters, long bucketBytes)
    {
        var bytes = bucketBytes;
        foreach (var parameter in parameters)
        {
            if (bytes >= bucketBytes)
            {
                _buckets.Add([]);
                bytes = 0;
            }

            _buckets[^1].Add(parameter);
            bytes += parameter.numel() * parameter.element_size();
        }
    }

    /// <summary>The gradients, then for each parameter 1 where there is one.</summary>
    private static FlatBuffer Pack(List<Parameter> bucket)
    {
        var buffer = new FlatBuffer(bucket, ProcessGroup.SumType(bucket[0].dtype, bucket[0].device), bucket.Count);
        var present = new float[bucket.Count];
        for (var i = 0; i < bucket.Count; i++)
        {
            if (bucket[i].grad is { } gradient)
            {
                buffer.Parts[i].copy_(gradient);
                present[i] = 1;
            }
            else
            {
                buffer.Parts[i].zero_();
            }
        }

        buffer.Extra.copy_(tensor(present));
        return buffer;
    }

    private void Unpack(List<Parameter> bucket, FlatBuffer buffer)
    {
        buffer.Whole.div_(_group.Size);
        float[]? present = null;   // read only where it matters: it would make a GPU wait
        for (var i = 0; i < bucket.Count; i++)
        {
            if (bucket[i].grad is { } gradient)
            {
                gradient.copy_(buffer.Parts[i]);
                continue;
            }

            present ??= buffer.Extra.to(ScalarType.Float32).cpu().data<float>().ToArray();
            if (present[i] > 0)
            {
                using var mean = empty_like(bucket[i]).copy_(buffer.Parts[i]);
                bucket[i].grad = mean;
            }
        }
    }
}
