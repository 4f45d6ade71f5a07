namespace Parallax.Engine;

/// <summary>libtorch's inference mode on this thread; close in reverse order on the same thread.</summary>
internal sealed class InferenceMode : IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private nint _guard;

    internal unsafe InferenceMode(bool enabled)
    {
        nint guard;
        Native.Check(Native.px_inference_enter(enabled ? 1 : 0, &guard), "inference_mode()");
        _guard = guard;
    }

    public void Dispose()
    {
        if (_guard == 0)
        {
            return;
        }

        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("Inference mode was left on another thread than it was entered on. Dispose it on the same thread, without await in between.");
        }

        Native.Check(Native.px_inference_leave(_guard), "inference_mode()");
        _guard = 0;
    }
}
