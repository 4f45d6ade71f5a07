namespace Parallax.Engine;

/// <summary>Parameters of one device, type and step count, as multi-tensor operators take them.</summary>
internal sealed class TensorLists(IReadOnlyList<UpdateEntry> entries)
{
    public Tensor[] Parameters { get; } = [.. entries.Select(entry => entry.State.Parameter)];

    public Tensor[] Gradients { get; } = [.. entries.Select(entry => entry.Gradient)];

    /// <summary>How often these parameters have moved, this step included.</summary>
    public long Steps => entries[0].State.Steps;

    /// <summary>Whether the buffers hold zeros.</summary>
    public bool IsFirst => entries[0].IsFirst;

    public Tensor[] Buffers(int index) => [.. entries.Select(entry => entry.State.Buffers[index]!)];
}
