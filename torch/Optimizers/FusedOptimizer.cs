namespace Parallax.Torch;

/// <summary>What our optimizers share: groups, buffers, state, and the choice between one pass over the memory and multi-tensor operators.</summary>
/// <remarks>
/// Parameters on the CPU are updated in one pass over their memory, in the order they lie in it (channels_last included), by as many threads as torch has.
/// Parameters on other devices are updated by multi-tensor operators. Buffers are float64 for float64 parameters and float32 otherwise.
/// TorchSharp's learning-rate schedulers work on them; its <c>add_param_group</c> does not: give all groups to the constructor.
/// </remarks>
public abstract class FusedOptimizer : optim.Optimizer
{
    private readonly OptimizerGroup[] _groups;
    private readonly Dictionary<Parameter, ParameterState> _states = new(ReferenceEqualityComparer.Instance);

    private protected FusedOptimizer(IEnumerable<OptimizerGroup> groups, params string[] bufferNames)
        : base(0)
    {
        ArgumentNullException.ThrowIfNull(groups);
        (_groups, BufferNames) = ([.. groups], bufferNames);
        foreach (var parameter in parameters())
        {
            if (!_states.TryAdd(parameter, new(parameter, bufferNames.Length)))
            {
                throw new ArgumentException($"A parameter of shape [{string.Join(", ", parameter.shape)}] is in two groups of this optimizer; "
                    + "every parameter belongs to one group.", nameof(groups));
            }
        }
    }

    /// <summary>The parameter groups.</summary>
    public IReadOnlyList<OptimizerGroup> Groups => _groups;

    /// <inheritdoc/>
    public override IEnumerable<optim.ILearningRateController> ParamGroups => _groups;

    /// <summary>Names of the buffers of a parameter, as saved.</summary>
    public IReadOnlyList<string> BufferNames { get; }

    /// <summary>Uses multi-tensor operators on the CPU too: the reference that tests compare with.</summary>
    internal bool PreferTensorLists { get; set; }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> parameters() => _groups.SelectMany(group => group.Parameters);

    /// <summary>Moves every parameter that has a gradient.</summary>
    /// <param name="closure">Computes the loss again, with gradients; optional.</param>
    /// <returns>What the closure returned, or null.</returns>
    public override Tensor? step(Func<Tensor>? closure = null)
    {
        Tensor? loss = null;
        if (closure is not null)
        {
            using var grad = torch.enable_grad();
            loss = closure();
        }

        using (torch.no_grad())
        using (torch.NewDisposeScope())
        {
            var updates = _groups.Where(group => !group.Frozen).Select(group => (group, entries: Entries(group))).Where(update => update.entries.Count > 0)
                .ToList();
            Prepare([.. updates.SelectMany(update => update.entries)]);
            foreach (var (group, entries) in updates)
            {
                Update(group, entries);
            }
        }

        return loss;
    }

    /// <summary>Fills all gradients with zeros. Parameters keep moving by momentum and weight decay; set <c>grad</c> to null to stop them.</summary>
    public override void zero_grad()
    {
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        foreach (var parameter in parameters())
        {
            parameter.grad?.zero_();
        }
    }

    internal ParameterState? StateOf(Parameter parameter) => _states.GetValueOrDefault(parameter);

    /// <summary>Number of buffers that a group needs.</summary>
    private protected abstract int BuffersOf(OptimizerGroup group);

    /// <summary>What needs all gradients before the first group moves.</summary>
    private protected virtual void Prepare(IReadOnlyList<UpdateEntry> entries)
    {
    }

    /// <summary>Updates parameters on the CPU in one pass.</summary>
    private protected abstract void UpdateDense(OptimizerGroup group, IReadOnlyList<UpdateEntry> entries, DenseBlocks blocks);

    /// <summary>Updates parameters of one device, type and step count by multi-tensor operators.</summary>
    private protected abstract void UpdateLists(OptimizerGroup group, TensorLists lists);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var state in _states.Values)
            {
                state.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private List<UpdateEntry> Entries(OptimizerGroup group)
    {
        var buffers = BuffersOf(group);
        return [.. group.Parameters.Select(parameter => (parameter, parameter.grad)).Where(entry => entry.grad is not null)
            .Select(entry => UpdateEntry.Prepare(_states[entry.parameter], entry.grad!, buffers))];
    }

    private void Update(OptimizerGroup group, List<UpdateEntry> entries)
    {
        var onCpu = PreferTensorLists ? [] : entries.FindAll(entry => entry.OnCpu);
        if (onCpu.Count > 0)
        {
            using var blocks = new DenseBlocks(onCpu.Select(entry => entry.Operand));
            UpdateDense(group, onCpu, blocks);
        }

        if (onCpu.Count == entries.Count)
        {
            return;
        }

        var elsewhere = PreferTensorLists ? entries : entries.FindAll(entry => !entry.OnCpu);
        foreach (var bucket in elsewhere.GroupBy(e => (e.State.Parameter.device.ToString(), e.State.Parameter.dtype, e.State.Steps, e.IsFirst)))
        {
            var lists = new TensorLists([.. bucket.Select(entry => entry.Operand)], bucket.Key.Steps, bucket.Key.IsFirst);
            UpdateLists(group, lists);
            lists.WriteBack();
        }
    }
}
