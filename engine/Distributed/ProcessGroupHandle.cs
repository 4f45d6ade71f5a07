using System.Runtime.InteropServices;

namespace Parallax.Engine;

/// <summary>The native group; freeing it closes the connections, which the other processes notice.</summary>
internal sealed class ProcessGroupHandle : SafeHandle
{
    public ProcessGroupHandle(nint group)
        : base(0, ownsHandle: true) => SetHandle(group);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Native.px_group_free(handle);
        return true;
    }
}
