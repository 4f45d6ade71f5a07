using Parallax.Engine;
using static Parallax.Torch.torch.optim;

namespace Parallax.Torch.Modules;

/// <summary>What all optimizers share: groups, buffers, state, and the choice between a fused pass and multi-tensor operators.</summary>
/// <remarks>
/// Parameters on the CPU are updated in one pass over their memory, in the order they lie in it (channels_last included), by as many threads as torch has.
/// Parameters on other devices are updated by multi-tensor operators. Buffers are float64 for float64 parameters and float32 otherwise.
/// </remarks>
public abstract class OptimizerHelper : Optimizer
{
    private readonly List<ParamGroup> _groups = [];
    private readonly Dictionary<Parameter, OptimizerState> _states = new(ReferenceEqualityComparer.Instance);

    /// <inheritdoc/>
    public override IEnumerable<ILearningRateController> ParamGroups => _groups;

    /// <summary>The parameter groups. Ours.</summary>
    public IReadOnlyList<ParamGroup> Groups => _groups;

    /// <summary>Names of the buffers of a parameter, as saved. Ours.</summary>
    public abstract IReadOnlyList<string> BufferNames { get; }

    /// <summary>Uses multi-tensor operators on the CPU too: the reference that tests compare with.</summary>
    internal bool PreferTensorLists { get; set; }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> parameters() => _groups.SelectMany(group => group.Parameters);

    /// <inheritdoc/>
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
            var updates = _groups.Where(group => !group.Frozen).Select(group => (group, entries: Entries(group))).Where(update => update.entries.Count > 0).ToList();
            Prepare([.. updates.SelectMany(update => update.entries)]);
            foreach (var (group, entries) in updates)
            {
                Update(group, entries);
            }
        }

        Autocast.ClearCache();
        return loss;
    }

    /// <inheritdoc/>
    public override void zero_grad()
    {
        using var mode = torch.no_grad();
        foreach (var parameter in parameters())
        {
            using var gradient = parameter.grad;
            gradient?.zero_();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The options are of another optimizer, or a parameter is in a group already.</exception>
    public override void add_param_group(ParamGroup param_group)
    {
        ArgumentNullException.ThrowIfNull(param_group);
        var members = param_group.Parameters.ToList();
        if (members.FirstOrDefault(_states.ContainsKey) is { } known)
        {
            throw new ArgumentException($"A parameter of shape [{string.Join(", ", known.shape)}] is in a group of this optimizer already; every parameter belongs to one group.");
        }

        param_group.Parameters = members;
        Complete(param_group);
        param_group.InitialLearningRate = param_group.LearningRate;
        _groups.Add(param_group);
        foreach (var parameter in members)
        {
            _states.Add(parameter, new OptimizerState(parameter, BufferNames.Count));
        }
    }

    /// <summary>Settings and states of all parameters: live objects.</summary>
    public StateDictionary state_dict()
    {
        var dictionary = new StateDictionary();
        foreach (var group in _groups)
        {
            var places = new List<int>();
            dictionary.Options.Add(group.Options);
            dictionary.StateIndexRef.Add(places);
            foreach (var parameter in group.Parameters)
            {
                places.Add(dictionary.State.Count);
                dictionary.State.Add(_states[parameter]);
            }
        }

        return dictionary;
    }

    /// <summary>Copies settings and states of another optimizer of the same kind and structure.</summary>
    /// <exception cref="ArgumentException">The numbers of groups or parameters differ.</exception>
    public void load_state_dict(StateDictionary state_dict)
    {
        ArgumentNullException.ThrowIfNull(state_dict);
        var own = this.state_dict();
        if (state_dict.Options.Count != own.Options.Count || state_dict.State.Count != own.State.Count)
        {
            throw new ArgumentException(
                $"The state has {state_dict.Options.Count} groups with {state_dict.State.Count} parameters; this optimizer has {own.Options.Count} groups with {own.State.Count}.");
        }

        for (var i = 0; i < _groups.Count; i++)
        {
            _groups[i].Options = state_dict.Options[i].Copy();
        }

        for (var i = 0; i < own.State.Count; i++)
        {
            OptimizerStateCopy.Copy(state_dict.State[i], own.State[i]);
        }
    }

    /// <summary>Moves all buffers to a device.</summary>
    public void to(Device device)
    {
        foreach (var state in _states.Values)
        {
            for (var i = 0; i < state.Buffers.Length; i++)
            {
                if (state.Buffers[i] is { } buffer)
                {
                    state.Set(i, buffer.to(device, copy: true));
                }
            }
        }
    }

    internal OptimizerState StateOf(Parameter parameter) =>
        _states.TryGetValue(parameter, out var state) ? state : throw new ArgumentException($"A parameter of shape [{string.Join(", ", parameter.shape)}] does not belong to this optimizer.");

    internal bool Owns(Parameter parameter) => _states.ContainsKey(parameter);

    /// <summary>Fills what a group leaves open with the optimizer's defaults.</summary>
    private protected abstract void Complete(ParamGroup group);

    /// <summary>The options of a group, made when it has none.</summary>
    private protected TOptions OptionsOf<TOptions>(ParamGroup group)
        where TOptions : OptimizerOptions, new()
    {
        if (!group.HasOptions)
        {
            group.Options = new TOptions();
        }

        return group.Options as TOptions
            ?? throw new ArgumentException($"{GetType().Name} expects a parameter group with options {typeof(TOptions).FullName}; {group.Options.GetType().FullName} came.", nameof(group));
    }

    /// <summary>Number of buffers that these options need.</summary>
    private protected abstract int BuffersOf(OptimizerOptions options);

    /// <summary>What needs all gradients before the first group moves.</summary>
    private protected virtual void Prepare(IReadOnlyList<UpdateEntry> entries)
    {
    }

    /// <summary>Updates parameters on the CPU in one pass.</summary>
    private protected abstract void UpdateDense(OptimizerOptions options, IReadOnlyList<UpdateEntry> entries, DenseBlocks blocks);

    /// <summary>Updates parameters of one device, type and step count by multi-tensor operators.</summary>
    private protected abstract void UpdateLists(OptimizerOptions options, TensorLists lists);

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

    private List<UpdateEntry> Entries(ParamGroup group)
    {
        var entries = new List<UpdateEntry>();
        var buffers = BuffersOf(group.Options);
        foreach (var parameter in group.Parameters)
        {
            if (parameter.grad is { } gradient)
            {
                var state = _states[parameter];
                entries.Add(UpdateEntry.Prepare(state, gradient, buffers));
            }
        }

        return entries;
    }

    private void Update(ParamGroup group, List<UpdateEntry> entries)
    {
        var onCpu = entries.Where(entry => !PreferTensorLists && entry.State.Parameter.device_type == DeviceType.CPU).ToList();
        if (onCpu.Count > 0)
        {
            using var blocks = new DenseBlocks(onCpu.Select(entry => new DenseOperand(entry.State.Parameter, entry.Gradient, entry.State.Buffers)));
            UpdateDense(group.Options, onCpu, blocks);
        }

        if (onCpu.Count == entries.Count)
        {
            return;
        }

        foreach (var bucket in entries.Except(onCpu).GroupBy(e => (e.State.Parameter.device.ToString(), e.State.Parameter.dtype, e.State.Steps, e.IsFirst)))
        {
            var lists = new TensorLists([.. bucket]);
            UpdateLists(group.Options, lists);
            lists.WriteBack();
        }
    }
}
