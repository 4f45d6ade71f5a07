namespace Parallax.Torch;

/// <summary>Parameters whose gradients travel in one exchange. All are of one type, on one device.</summary>
internal sealed class GradientBucket : IDisposable
{
    private readonly HashSet<int> _arrived = [];
    private FlatBuffer? _buffer;

    public List<Parameter> Parameters { get; } = [];

    /// <summary>The exchange that was begun last.</summary>
    public Task Exchange { get; set; } = Task.CompletedTask;

    /// <summary>Whether all gradients of this backward pass have been computed. The last one is in its place once another is computed, or the pass has
    /// ended.</summary>
    public bool IsComplete => _arrived.Count == Parameters.Count;

    public bool IsCuda => Parameters[0].is_cuda;

    /// <summary>Expects a new backward pass.</summary>
    public void Expect() => _arrived.Clear();

    /// <summary>Notes that a gradient was computed.</summary>
    /// <exception cref="InvalidOperationException">It was before: it may have been exchanged already.</exception>
    public void Note(int parameter)
    {
        if (!_arrived.Add(parameter))
        {
            throw new InvalidOperationException($"The gradient of a parameter of shape [{string.Join(", ", Parameters[parameter].shape)}] was computed twice "
                + $"after {nameof(GradientReducer)}.{nameof(GradientReducer.Begin)}. Gradients that several backward passes add up cannot be exchanged before "
                + "the last one: begin just before it.");
        }
    }

    /// <summary>The gradients, then for each parameter 1 where there is one.</summary>
    /// <returns>What is to be summed, in place.</returns>
    public Tensor Pack()
    {
        using var scope = NewDisposeScope();
        _buffer = new FlatBuffer(Parameters, ProcessGroup.SumType(Parameters[0].dtype, Parameters[0].device), Parameters.Count);
        var present = new float[Parameters.Count];
        for (var i = 0; i < present.Length; i++)
        {
            if (Parameters[i].grad is { } gradient)
            {
                _buffer.Parts[i].copy_(gradient);
                present[i] = 1;
            }
            else
            {
                _buffer.Parts[i].zero_();
            }
        }

        _buffer.Extra.copy_(tensor(present));
        return _buffer.Whole;
    }

    /// <summary>Replaces the gradients by the means of what was summed.</summary>
    public void Unpack(int processes)
    {
        using var scope = NewDisposeScope();
        var buffer = _buffer!;
        buffer.Whole.div_(processes);
        float[]? present = null;   // read only where it matters: it would make a GPU wait
        for (var i = 0; i < Parameters.Count; i++)
        {
            if (Parameters[i].grad is { } gradient)
            {
                gradient.copy_(buffer.Parts[i]);
                continue;
            }

            present ??= buffer.Extra.to(ScalarType.Float32).cpu().data<float>().ToArray();
            if (present[i] > 0)
            {
                using var mean = empty_like(Parameters[i]).copy_(buffer.Parts[i]);
                Parameters[i].grad = mean;
            }
        }
    }

    /// <summary>Frees what is exchanged. The next pass makes it anew.</summary>
    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
    }
}
