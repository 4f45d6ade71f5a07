namespace Parallax.Host.Training;

/// <summary>Receives a call of a module that has ended.</summary>
/// <param name="name">Name of the module in the network.</param>
/// <param name="module">The module.</param>
/// <param name="output">What it gave.</param>
/// <param name="inputs">What it was given.</param>
internal delegate void ModuleCalled(string name, Module module, Tensor output, IReadOnlyList<Tensor?> inputs);

/// <summary>Tells of every call of some modules, until it is disposed: those within a module before its own.</summary>
/// <remarks>TorchSharp runs hooks in <c>call</c> only: a module that its owner runs by <c>forward</c>, or that takes other than one to three tensors or gives
/// other than one, is not seen.</remarks>
internal sealed class ModuleHooks : IDisposable
{
    private readonly List<Action> _removes = [];

    /// <param name="modules">Names and modules; one that stands there again is told of by its first name.</param>
    /// <param name="called">Receives the calls; it must change nothing.</param>
    public ModuleHooks(IEnumerable<(string Name, Module Module)> modules, ModuleCalled called)
    {
        foreach (var (name, module) in modules.DistinctBy(entry => entry.Module))
        {
            if (Hook(name, module, called) is { } remove)
            {
                _removes.Add(remove);
            }
        }
    }

    public void Dispose() => _removes.ForEach(remove => remove());

    private static Action? Hook(string name, Module module, ModuleCalled called)
    {
        return module switch
        {
            Module<Tensor, Tensor> one => one.register_forward_hook((_, x, y) => Tell(y, x)).remove,
            Module<Tensor, Tensor, Tensor> two => two.register_forward_hook((_, x, second, y) => Tell(y, x, second)).remove,
            Module<Tensor, Tensor, Tensor, Tensor> three => three.register_forward_hook((_, x, second, third, y) => Tell(y, x, second, third)).remove,
            _ => null,
        };

        Tensor Tell(Tensor output, params IReadOnlyList<Tensor?> inputs)
        {
            called(name, module, output, inputs);

            return output;
        }
    }
}
