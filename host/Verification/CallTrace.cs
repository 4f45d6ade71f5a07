namespace Parallax.Host.Verification;

/// <summary>One call of a module: what it was given and what it gave, as hashes of their bits.</summary>
/// <param name="Module">Its name in the method.</param>
/// <param name="Type">Its type.</param>
/// <param name="Input">Hash of all inputs.</param>
/// <param name="Output">Hash of the output.</param>
internal readonly record struct ModuleCall(string Module, string Type, ulong Input, ulong Output);

/// <summary>Notes every call of the modules of a method, until it is disposed: the first one to end comes first, so that inner modules stand before those that
/// use them.</summary>
/// <remarks>Seen are modules from one or two tensors to one. What others compute shows in the calls that follow, in the loss and in the state.</remarks>
internal sealed class CallTrace : IDisposable
{
    private readonly List<Action> _removals = [];
    private readonly List<ModuleCall> _calls = [];

    /// <param name="root">The method.</param>
    public CallTrace(Module root)
    {
        foreach (var (name, module) in root.named_modules().DistinctBy(entry => entry.Item2))
        {
            Listen(name, module);
        }
    }

    /// <summary>The calls so far.</summary>
    public IReadOnlyList<ModuleCall> Calls => _calls;

    public void Dispose() => _removals.ForEach(remove => remove());

    private void Listen(string name, Module module)
    {
        var type = module.GetType().FullName ?? module.GetType().Name;
        switch (module)
        {
            case Module<Tensor, Tensor> one:
                _removals.Add(one.register_forward_hook((_, input, output) => Note(name, type, output, input)).remove);
                break;
            case Module<Tensor, Tensor, Tensor> two:
                _removals.Add(two.register_forward_hook((_, first, second, output) => Note(name, type, output, first, second)).remove);
                break;
        }
    }

    private Tensor Note(string name, string type, Tensor output, params Tensor?[] inputs)
    {
        using var noGradients = torch.no_grad();
        var input = inputs.Where(tensor => tensor is not null).Aggregate(0UL, (hash, tensor) => (hash * 31) + TensorHash.Of(tensor!));
        _calls.Add(new(name, type, input, TensorHash.Of(output)));

        return output;
    }
}
