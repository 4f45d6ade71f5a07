namespace Parallax.Torch;

/// <summary>What an optimizer remembers about one parameter.</summary>
internal sealed class ParameterState(Parameter parameter, int buffers) : IDisposable
{
    public Parameter Parameter { get; } = parameter;

    /// <summary>How often the parameter moved.</summary>
    public long Steps { get; set; }

    /// <summary>Buffers in the order of <see cref="FusedOptimizer.BufferNames"/>; null until the first step.</summary>
    public Tensor?[] Buffers { get; } = new Tensor?[buffers];

    /// <summary>Buffers keep at least 32 bits: small gradients would vanish in 16.</summary>
    public static ScalarType BufferType(ScalarType parameter) => parameter == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>Zeros in the shape, device and memory order of the parameter.</summary>
    public Tensor NewBuffer() => torch.zeros_like(Parameter, dtype: BufferType(Parameter.dtype));

    /// <summary>Takes over a buffer and frees the one before.</summary>
    public void Set(int index, Tensor? value)
    {
        Buffers[index]?.Dispose();
        Buffers[index] = value?.DetachFromDisposeScope();
    }

    /// <summary>Copies a saved buffer, in the type, device and memory order that the parameter asks for.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void Load(int index, Tensor? value)
    {
        if (value is not null && !value.shape.SequenceEqual(Parameter.shape))
        {
            throw new ArgumentException(
                $"A buffer has the shape [{string.Join(", ", value.shape)}], its parameter [{string.Join(", ", Parameter.shape)}]. The state belongs "
                + "to another model.");
        }

        Set(index, value is null ? null : NewBuffer().copy_(value));
    }

    public void Dispose()
    {
        for (var i = 0; i < Buffers.Length; i++)
        {
            Set(i, null);
        }
    }
}
