namespace Parallax.Host.Training;

/// <summary>Looks at what every module of a network gives, and at the gradients of it. It computes nothing else, so the bits of a step stay the same.</summary>
/// <remarks>
/// What is seen says <see cref="ModuleHooks"/>. Gradients are kept by the tensors themselves, as TorchSharp has no hooks for them. What is seen is held until
/// this is disposed: the memory of all activations of a step.
/// </remarks>
internal sealed class ModuleWatch : IDisposable
{
    private readonly List<ModuleCall> _calls = [];
    private readonly ModuleHooks _hooks;

    /// <param name="root">The network; its modules are looked at, not it itself.</param>
    public ModuleWatch(Module root) => _hooks = new(root.named_modules().Where(entry => !ReferenceEquals(entry.module, root)), See);

    /// <summary>The calls so far, in the order in which they ended: those within a module before its own.</summary>
    public IReadOnlyList<ModuleCall> Calls => _calls;

    public void Dispose()
    {
        _hooks.Dispose();
        _calls.ForEach(call => call.Dispose());
    }

    private void See(string name, Module module, Tensor output, IReadOnlyList<Tensor?> inputs)
    {
        var taken = inputs.OfType<Tensor>().ToList();
        _calls.Add(new(name, module.GetType().Name, TensorStatistics.Of(output), Keep(output), [.. taken.Select(Keep).OfType<Tensor>()])
        {
            TookNonFinite = taken.Any(tensor => TensorStatistics.Of(tensor).NonFinite > 0),
        });
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
