namespace Parallax.Engine;

/// <summary>Parameters of one device, type and step count, as multi-tensor operators take them.</summary>
/// <remarks>16-bit parameters are updated as float32 copies, because operators want the type of the buffers; <see cref="WriteBack"/> rounds them.</remarks>
internal sealed class TensorLists
{
    private readonly IReadOnlyList<UpdateEntry> _entries;
    private readonly bool _widened;

    public TensorLists(IReadOnlyList<UpdateEntry> entries)
    {
        _entries = entries;
        _widened = entries[0].State.Parameter.dtype is torch.ScalarType.BFloat16 or torch.ScalarType.Float16;
        Parameters = [.. entries.Select(entry => Widened(entry.State.Parameter))];
        Gradients = [.. entries.Select(entry => Widened(entry.Gradient))];
    }

    public Tensor[] Parameters { get; }

    public Tensor[] Gradients { get; }

    /// <summary>How often these parameters have moved, this step included.</summary>
    public long Steps => _entries[0].State.Steps;

    /// <summary>Whether the buffers hold zeros.</summary>
    public bool IsFirst => _entries[0].IsFirst;

    public Tensor[] Buffers(int index) => [.. _entries.Select(entry => entry.State.Buffers[index]!)];

    /// <summary>Rounds updated copies into the parameters.</summary>
    public void WriteBack()
    {
        for (var i = 0; _widened && i < Parameters.Length; i++)
        {
            _entries[i].State.Parameter.copy_(Parameters[i]);
        }
    }

    private Tensor Widened(Tensor tensor) => _widened ? tensor.to(torch.float32) : tensor;
}
