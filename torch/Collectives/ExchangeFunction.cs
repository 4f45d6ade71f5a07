namespace Parallax.Torch;

/// <summary>A function for autograd whose backward pass exchanges with other processes.</summary>
/// <remarks>
/// Temporaries go at the end of each pass, where TorchSharp would leave them to the garbage collector: with normalisations they are as large as all
/// activations.
/// </remarks>
internal abstract class ExchangeFunction<T> : CustomFunction<T>
    where T : ExchangeFunction<T>, new()
{
    /// <summary>Calls the function.</summary>
    public static Tensor Run(ProcessGroup group, params object?[] arguments)
    {
        using var scope = NewDisposeScope();
        return apply([group, .. arguments]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected sealed override Tensor Compute(autograd.AutogradContext context, object[] inputs)
    {
        context.set_materialize_grads(false);   // TorchSharp keeps a tensor like the result for that, and the scope of Run ends its life
        context.save_data(nameof(ProcessGroup), inputs[0]);
        return Forward(context, (ProcessGroup)inputs[0], inputs[1..]);
    }

    /// <inheritdoc/>
    protected sealed override IReadOnlyList<Tensor?> Differentiate(autograd.AutogradContext context, Tensor gradient) =>
        [null, .. Backward(context, (ProcessGroup)context.get_data(nameof(ProcessGroup)), gradient)];

    protected abstract Tensor Forward(autograd.AutogradContext context, ProcessGroup group, object?[] arguments);

    /// <summary>The gradient of each argument; null for those that are no tensors.</summary>
    protected abstract Tensor?[] Backward(autograd.AutogradContext context, ProcessGroup group, Tensor gradient);
}
