using Parallax.Torch.Modules;

namespace Parallax.Engine;

/// <summary>A parameter about to move.</summary>
/// <param name="State">The parameter's state, counted up, with the buffers the step needs.</param>
/// <param name="Gradient">Its gradient.</param>
/// <param name="IsFirst">Whether a buffer was made for this step, so that it holds zeros.</param>
internal readonly record struct UpdateEntry(OptimizerState State, Tensor Gradient, bool IsFirst)
{
    /// <summary>Counts the step and makes missing buffers; buffers follow a parameter that changed device or memory order.</summary>
    /// <exception cref="NotSupportedException">The gradient is sparse.</exception>
    public static UpdateEntry Prepare(OptimizerState state, Tensor gradient, int buffers)
    {
        if (gradient.is_sparse)
        {
            throw new NotSupportedException($"Optimizers work on dense gradients; the gradient of a parameter of shape [{string.Join(", ", gradient.shape)}] is sparse.");
        }

        var isFirst = false;
        var parameter = state.Parameter;
        for (var i = 0; i < buffers; i++)
        {
            if (state.Buffers[i] is not { } buffer)
            {
                state.Set(i, NewBuffer(parameter));
                isFirst = true;
            }
            else if (DenseMemory.Matching(buffer, parameter, TypeOf(parameter)) is var matching && !ReferenceEquals(matching, buffer))
            {
                state.Set(i, matching);
            }
        }

        state.Steps++;
        return new(state, gradient, isFirst);
    }

    /// <summary>Zeros in the shape, device and memory order of a parameter.</summary>
    public static Tensor NewBuffer(Parameter parameter)
    {
        using var mode = torch.no_grad();
        return torch.zeros_like(parameter, dtype: TypeOf(parameter)).DetachFromDisposeScope();
    }

    private static torch.ScalarType TypeOf(Parameter parameter) =>
        parameter.dtype == torch.ScalarType.Float64 ? torch.ScalarType.Float64 : torch.ScalarType.Float32;
}
