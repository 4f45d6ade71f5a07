namespace Parallax.Torch;

/// <summary>Operators with a backward of their own, called as <c>T.apply(inputs)</c>. Its exceptions reach the caller of <see cref="Backward"/>.</summary>
/// <typeparam name="T">The function itself.</typeparam>
/// <remarks>
/// <c>torch.autograd.SingleTensorFunction</c> with a net under it. One object serves all calls: keep nothing in fields, everything in the context.
/// Under TorchSharp's plain <c>loss.backward()</c> the exception ends the process, since nothing receives it: call <c>loss.Backpropagate()</c>.
/// </remarks>
public abstract class CustomFunction<T> : autograd.SingleTensorFunction<T>
    where T : CustomFunction<T>, new()
{
    private const string AreTensors = "CustomFunction.AreTensors";

    /// <inheritdoc/>
    public override string Name => typeof(T).Name;

    /// <summary>Computes the result, without recording.</summary>
    /// <param name="context">Keeps what <see cref="Differentiate"/> needs: <c>save_for_backward</c> for tensors, <c>save_data</c> for the rest.</param>
    /// <param name="inputs">What <c>apply</c> was given: tensors and anything else.</param>
    protected abstract Tensor Compute(autograd.AutogradContext context, object[] inputs);

    /// <summary>Computes the gradient of each input.</summary>
    /// <param name="context">What <see cref="Compute"/> kept.</param>
    /// <param name="gradient">Gradient of the result, in its shape; disposed afterwards.</param>
    /// <returns>One gradient per input of <c>apply</c>, in their order; null for inputs that are no tensors or need none. They are disposed once libtorch has
    /// them, so none may be a tensor that something else keeps; all others made here are disposed at once.</returns>
    protected abstract IReadOnlyList<Tensor?> Differentiate(autograd.AutogradContext context, Tensor gradient);

    /// <inheritdoc/>
    public sealed override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ctx.save_data(AreTensors, Array.ConvertAll(vars, input => input is Tensor));
        return Compute(ctx, vars);
    }

    /// <inheritdoc/>
    public sealed override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        Backward.DisposeReturned();
        var areTensors = (bool[])ctx.get_data(AreTensors);
        List<Tensor> returned = [];
        try
        {
            using var scope = NewDisposeScope();
            var gradients = Differentiate(ctx, grad_output);
            RequireFit(gradients, areTensors);
            return returned = Backward.Returned(gradients);
        }
        catch (Exception error) when (Backward.TakeOver(error))
        {
            return [.. new Tensor[areTensors.Length]];
        }
        finally
        {
            if (!returned.Exists(gradient => ReferenceEquals(gradient, grad_output)))
            {
                grad_output.Dispose();
            }
        }
    }

    // TorchSharp checks the same, but outside of what can be caught.
    private void RequireFit(IReadOnlyList<Tensor?> gradients, bool[] areTensors)
    {
        if (gradients.Count != areTensors.Length)
        {
            throw new InvalidOperationException($"Backward of {Name} returned {gradients.Count} gradients; apply was given {areTensors.Length} inputs. "
                + "Return one for each, null where there is none.");
        }

        for (var i = 0; i < gradients.Count; i++)
        {
            if (gradients[i] is not null && !areTensors[i])
            {
                throw new InvalidOperationException($"Backward of {Name} returned a gradient for input {i}, which is no tensor. Return null there.");
            }
        }
    }
}
