namespace Parallax.Engine;

/// <summary>Switches gradient recording on this thread and back; close in reverse order on the same thread.</summary>
internal sealed class GradMode(bool enabled) : IDisposable
{
    private readonly int _before = Native.px_set_grad_mode(enabled ? 1 : 0);
    private bool _closed;

    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            _ = Native.px_set_grad_mode(_before);
        }
    }
}
