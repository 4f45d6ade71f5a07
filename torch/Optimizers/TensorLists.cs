namespace Parallax.Torch;

/// <summary>Tensors of one device and type as libtorch's multi-tensor operators take them: dense, all in one type and memory order.</summary>
/// <remarks>
/// Parameters in 16 bits and views with gaps are updated as copies in the type and order of their buffers; <see cref="WriteBack"/> rounds them.
/// </remarks>
internal sealed class TensorLists
{
    private readonly IReadOnlyList<DenseOperand> _operands;

    /// <param name="operands">What changes and what is read.</param>
    /// <param name="steps">How often these parameters have moved, this step included.</param>
    /// <param name="isFirst">Whether the buffers hold zeros because they are new.</param>
    public TensorLists(IReadOnlyList<DenseOperand> operands, long steps = 0, bool isFirst = false)
    {
        (_operands, Steps, IsFirst) = (operands, steps, isFirst);
        Parameters = [.. operands.Select(operand => Working(operand.Target))];
        Gradients = [.. operands.Select((operand, i) => DenseMemory.Matching(operand.Source!, Parameters[i]))];
    }

    public Tensor[] Parameters { get; }

    public Tensor[] Gradients { get; }

    public long Steps { get; }

    public bool IsFirst { get; }

    public Tensor[] Buffers(int index) => [.. _operands.Select(operand => operand.Buffers![index]!)];

    /// <summary>Rounds updated copies into the parameters.</summary>
    public void WriteBack()
    {
        for (var i = 0; i < Parameters.Length; i++)
        {
            if (!ReferenceEquals(Parameters[i], _operands[i].Target))
            {
                _operands[i].Target.copy_(Parameters[i]);
            }
        }
    }

    private static Tensor Working(Tensor parameter)
    {
        var layout = new TensorLayout(parameter);
        return layout.Type is ScalarType.Float32 or ScalarType.Float64 && layout.IsDense
            ? parameter
            : torch.empty_like(parameter, dtype: ParameterState.BufferType(layout.Type)).copy_(parameter);
    }
}
