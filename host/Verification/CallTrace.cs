using Parallax.Host.Training;

namespace Parallax.Host.Verification;

/// <summary>One call of a module: what it was given and what it gave, as hashes of their bits.</summary>
/// <param name="Module">Its name in the method.</param>
/// <param name="Type">Its type.</param>
/// <param name="Input">Hash of all inputs.</param>
/// <param name="Output">Hash of the output.</param>
internal readonly record struct HashedCall(string Module, string Type, ulong Input, ulong Output);

/// <summary>Notes every call of the modules of a method, until it is disposed: the first one to end comes first, so that inner modules stand before those that
/// use them.</summary>
/// <remarks>What is seen says <see cref="ModuleHooks"/>. What others compute shows in the calls that follow, in the loss and in the state.</remarks>
internal sealed class CallTrace : IDisposable
{
    private readonly List<HashedCall> _calls = [];
    private readonly ModuleHooks _hooks;

    /// <param name="root">The method.</param>
    public CallTrace(Module root) => _hooks = new(root.named_modules(), Note);

    /// <summary>The calls so far.</summary>
    public IReadOnlyList<HashedCall> Calls => _calls;

    public void Dispose() => _hooks.Dispose();

    private void Note(string name, Module module, Tensor output, IReadOnlyList<Tensor?> inputs)
    {
        using var noGradients = torch.no_grad();
        var input = inputs.OfType<Tensor>().Aggregate(0UL, (hash, tensor) => (hash * 31) + TensorHash.Of(tensor));
        _calls.Add(new(name, module.GetType().FullName ?? module.GetType().Name, input, TensorHash.Of(output)));
    }
}
