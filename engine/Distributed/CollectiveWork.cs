using System.Runtime.InteropServices;

namespace Parallax.Engine;

/// <summary>A collective under way. The native side keeps its tensors alive, but nobody may read or write them before <see cref="Wait"/>.</summary>
internal sealed class CollectiveWork : SafeHandle
{
    private readonly ProcessGroup _group;
    private readonly string _operation;

    public CollectiveWork(ProcessGroup group, nint work, string operation)
        : base(0, ownsHandle: true)
    {
        _group = group;
        _operation = operation;
        SetHandle(work);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Blocks until the values are there (NCCL: until the current stream waits for them).</summary>
    /// <exception cref="ProcessGroupException">The collective failed; the group can no longer be used.</exception>
    public void Wait()
    {
        if (!IsInvalid && Native.px_work_wait(handle) != 0)   // there is none for an empty tensor
        {
            throw _group.Break(_operation, Native.LastError());
        }
    }

    protected override bool ReleaseHandle()
    {
        Native.px_work_free(handle);
        return true;
    }
}
