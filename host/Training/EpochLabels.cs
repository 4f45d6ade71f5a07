using Parallax.Host.Data;

namespace Parallax.Host.Training;

/// <summary>Classes of all training images for work between epochs, made when they are first read: few methods do.</summary>
internal sealed class EpochLabels(IImageDataset data) : IDisposable
{
    private Tensor? _labels;

    /// <summary>[count] int64 on the CPU, valid until the end of this object; null without classes.</summary>
    public Tensor? Read() => data.Info.Classes.Count == 0 ? null : _labels ??= torch.tensor(
        EpochOrder.InIndexOrder(0, data.Info.Count).Select(index => (long)data.Label(index)).ToArray()).DetachFromDisposeScope();

    public void Dispose() => _labels?.Dispose();
}
