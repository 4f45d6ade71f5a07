namespace Parallax.Engine;

/// <summary>Frees the handle of a tensor outside any scope when the collector finds it; tensors inside scopes carry no finalizer.</summary>
internal sealed class HandleGuard
{
    private nint _handle;
    private readonly long _bytes;

    internal HandleGuard(nint handle)
    {
        _handle = handle;
        _bytes = MemoryBudget.Charge(handle);
    }

    ~HandleGuard() => Free();

    /// <summary>The owner takes the handle back.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA1816", Justification = "the guard ends here, as in a Dispose")]
    internal void Release()
    {
        _handle = 0;
        MemoryBudget.Refund(_bytes);
        GC.SuppressFinalize(this);
    }

    private unsafe void Free()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle == 0)
        {
            return;
        }

        Native.px_release_all(&handle, 1);
        MemoryBudget.Refund(_bytes);
        Torch.torch.Tensor.Count(-1);
    }
}
