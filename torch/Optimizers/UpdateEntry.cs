namespace Parallax.Torch;

/// <summary>A parameter about to move.</summary>
/// <param name="State">The parameter's state, counted up, with the buffers the step needs.</param>
/// <param name="Gradient">Its gradient.</param>
/// <param name="IsFirst">Whether a buffer was made for this step, so that it holds zeros.</param>
/// <param name="OnCpu">Whether the parameter is in the memory of the processor.</param>
internal readonly record struct UpdateEntry(ParameterState State, Tensor Gradient, bool IsFirst, bool OnCpu)
{
    public DenseOperand Operand => new(State.Parameter, Gradient, State.Buffers);

    /// <summary>Counts the step and makes missing buffers; buffers follow a parameter that changed device or memory order.</summary>
    /// <exception cref="NotSupportedException">The gradient is sparse.</exception>
    public static UpdateEntry Prepare(ParameterState state, Tensor gradient, int buffers)
    {
        if (gradient.is_sparse)
        {
            throw new NotSupportedException($"Optimizers work on dense gradients; the gradient of a parameter of shape "
                + $"[{string.Join(", ", gradient.shape)}] is sparse.");
        }

        var isFirst = false;
        var layout = new TensorLayout(state.Parameter);
        for (var i = 0; i < buffers; i++)
        {
            if (state.Buffers[i] is not { } buffer)
            {
                state.Set(i, state.NewBuffer());
                isFirst = true;
            }
            else if (!Fits(new(buffer), layout))
            {
                state.Set(i, state.NewBuffer().copy_(buffer));
            }
        }

        state.Steps++;
        return new(state, gradient, isFirst, layout.Device == DeviceType.CPU);
    }

    // The buffers of a view with gaps are dense: there the order of NewBuffer decides, which never changes.
    private static bool Fits(in TensorLayout buffer, in TensorLayout parameter) =>
        buffer.Type == ParameterState.BufferType(parameter.Type) && buffer.Device == parameter.Device && (buffer.HasOrderOf(parameter) || !parameter.IsDense);
}
