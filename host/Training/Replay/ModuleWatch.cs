namespace Parallax.Host.Training;

/// <summary>Looks at what every module of a network gives, and at the gradients of it. It computes nothing else, so the bits of a step stay the same.</summary>
/// <remarks>
/// TorchSharp runs hooks in <c>call</c> only: a module that its owner runs by <c>forward</c>, or that takes or gives other than tensors, is not seen. Gradients
/// are kept by the tensors themselves, as TorchSharp has no hooks for them. What is seen is held until this is disposed: the memory of all activations of a
/// step.
/// </remarks>
internal sealed class ModuleWatch : IDisposable
{
    private readonly List<ModuleCall> _calls = [];
    private readonly List<Action> _removes = [];

    /// <param name="root">The network; its modules are looked at, not it itself.</param>
    public ModuleWatch(Module root)
    {
        foreach (var (name, module) in root.named_modules().Where(entry => !ReferenceEquals(entry.module, root)).DistinctBy(entry => entry.module))
        {
            if (Hook(name, module) is { } remove)
            {
                _removes.Add(remove);
            }
        }
    }

    /// <summary>The calls so far, in the order in which they ended: those within a module before its own.</summary>
    public IReadOnlyList<ModuleCall> Calls => _calls;

    public void Dispose()
    {
        _removes.ForEach(remove => remove());
        _calls.ForEach(call => call.Dispose());
    }

    private Action? Hook(string name, Module module)
    {
        switch (module)
        {
            case Module<Tensor, Tensor> one:
                return one.register_forward_hook((_, x, y) => See(name, module, y, x)).remove;
            case Module<Tensor, Tensor, Tensor> two:
                return two.register_forward_hook((_, x, second, y) => See(name, module, y, x, second)).remove;
            case Module<Tensor, Tensor, Tensor, Tensor> three:
                return three.register_forward_hook((_, x, second, third, y) => See(name, module, y, x, second, third)).remove;
            default:
                return null;
        }
    }

    private Tensor See(string name, Module module, Tensor output, params IReadOnlyList<Tensor?> inputs)
    {
        var taken = inputs.OfType<Tensor>().ToList();
        _calls.Add(new(name, module.GetType().Name, TensorStatistics.Of(output), Keep(output), [.. taken.Select(Keep).OfType<Tensor>()])
        {
            TookNonFinite = taken.Any(tensor => TensorStatistics.Of(tensor).NonFinite > 0),
        });

        return output;
    }

    // Null where backward makes no gradient of it, or gives it to a parameter.
    private static Tensor? Keep(Tensor tensor)
    {
        if (!tensor.requires_grad || tensor.is_leaf)
        {
            return null;
        }

        var own = tensor.is_cuda ? tensor.cuda() : tensor.cpu();   // the same tensor by another handle: the method may dispose its own
        own.retain_grad();

        return own.DetachFromDisposeScope();
    }
}

/// <summary>One call of a module.</summary>
/// <param name="Name">Name of the module in the method.</param>
/// <param name="Type">Its type.</param>
/// <param name="Output">What it gave.</param>
/// <param name="Given">Its output, which keeps its gradient; null without one.</param>
/// <param name="Taken">Those of its inputs that keep a gradient.</param>
internal sealed record ModuleCall(string Name, string Type, TensorStatistics Output, Tensor? Given, IReadOnlyList<Tensor> Taken) : IDisposable
{
    /// <summary>Whether an input had a value that is no finite number.</summary>
    public bool TookNonFinite { get; init; }

    /// <summary>The gradient of the loss with respect to its output; null when there is none, or not yet.</summary>
    public TensorStatistics? GradientOfOutput => Given is null ? null : GradientOf(Given);

    /// <summary>The same with respect to its inputs.</summary>
    public IEnumerable<TensorStatistics> GradientsOfInputs => Taken.Select(GradientOf).OfType<TensorStatistics>();

    public void Dispose()
    {
        Given?.Dispose();
        foreach (var tensor in Taken)
        {
            tensor.Dispose();
        }
    }

    private static TensorStatistics? GradientOf(Tensor tensor)
    {
        using var gradient = tensor.IsInvalid ? null : tensor.grad;

        return gradient is null ? null : TensorStatistics.Of(gradient);
    }
}
