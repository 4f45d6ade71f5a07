namespace Parallax.Torch.Modules;

/// <summary>What an optimizer remembers about one parameter.</summary>
public sealed class OptimizerState : IDisposable
{
    internal OptimizerState(Parameter parameter, int buffers)
    {
        Parameter = parameter;
        Buffers = new Tensor?[buffers];
    }

    /// <summary>The parameter.</summary>
    public Parameter Parameter { get; }

    /// <summary>How often the parameter moved.</summary>
    public long Steps { get; internal set; }

    /// <summary>Buffers in the order of <see cref="OptimizerHelper.BufferNames"/>; null until the first step.</summary>
    public IReadOnlyList<Tensor?> Tensors => Buffers;

    internal Tensor?[] Buffers { get; }

    /// <summary>Frees the buffers.</summary>
    public void Dispose()
    {
        foreach (var buffer in Buffers)
        {
            buffer?.Dispose();
        }

        Array.Clear(Buffers);
    }

    internal void Set(int index, Tensor? value)
    {
        Buffers[index]?.Dispose();
        Buffers[index] = value?.DetachFromDisposeScope();
    }
}
