using System.Runtime.ExceptionServices;

namespace Parallax.Torch;

/// <summary>The backward pass, with the errors of custom functions as exceptions.</summary>
/// <remarks>
/// libtorch calls a custom function's backward from native code, which no .NET exception can cross: the process would end. A <see cref="CustomFunction{T}"/>
/// therefore hands its exception over and gives no gradients, and the exception goes on from here once libtorch has finished.
/// Gradients are not complete then: drop them. A function that derives from TorchSharp's own base cannot be protected; its exceptions end the process.
/// </remarks>
public static class Backward
{
    private static int _running;
    private static ExceptionDispatchInfo? _ofAnyThread;   // on a GPU, backward runs on libtorch's threads

    [ThreadStatic]
    private static Pass? _current;

    [ThreadStatic]
    private static List<Tensor>? _returned;   // by the last custom function of this thread: libtorch reads them after its backward has returned

    /// <summary>Computes the gradients of a scalar loss: <c>loss.backward()</c>, see the remarks of <see cref="Backward"/>.</summary>
    public static void Backpropagate(this Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        Run(loss.backward);
    }

    /// <summary>Runs any call that differentiates, for example one of <c>torch.autograd.grad</c>.</summary>
    /// <exception cref="Exception">The first exception of a custom function on the way, as it was thrown.</exception>
    public static void Run(Action differentiate)
    {
        ArgumentNullException.ThrowIfNull(differentiate);
        var pass = new Pass(_current);
        _current = pass;
        Interlocked.Increment(ref _running);
        try
        {
            differentiate();
        }
        catch (System.Runtime.InteropServices.ExternalException) when (pass.Error is not null || _ofAnyThread is not null)
        {
            // What libtorch says about missing gradients follows from the error that is thrown below.
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            _current = pass.Outer;
            DisposeReturned();
        }

        (pass.Error ?? Interlocked.Exchange(ref _ofAnyThread, null))?.Throw();
    }

    /// <summary>Takes over the exception of a custom function.</summary>
    /// <returns>False when nobody waits for it, because the pass was started by TorchSharp's own <c>backward()</c>.</returns>
    internal static bool TakeOver(Exception error)
    {
        if (_current is { } pass)
        {
            pass.Error ??= ExceptionDispatchInfo.Capture(error);
            return true;
        }

        if (Volatile.Read(ref _running) == 0)
        {
            return false;
        }

        Interlocked.CompareExchange(ref _ofAnyThread, ExceptionDispatchInfo.Capture(error), null);
        return true;
    }

    /// <summary>Takes a custom function's gradients out of its scope and keeps them until libtorch has read them.</summary>
    internal static List<Tensor> Returned(IReadOnlyList<Tensor?> gradients) =>
        _returned = [.. gradients.Select(gradient => gradient?.DetachFromDisposeScope()!)];

    /// <summary>Ends the life of the last gradients: libtorch has read them once it does anything else on this thread.</summary>
    internal static void DisposeReturned()
    {
        _returned?.ForEach(gradient => gradient?.Dispose());
        _returned = null;
    }

    private sealed class Pass(Pass? outer)
    {
        public Pass? Outer { get; } = outer;

        public ExceptionDispatchInfo? Error { get; set; }
    }
}
