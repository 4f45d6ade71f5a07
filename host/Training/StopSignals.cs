using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Parallax.Host.Training;

/// <summary>Turns SIGTERM, Ctrl-C and, where it is asked for, the end of the input into a request to stop after the current step; a later signal ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>A terminal tells every process of a group, and the process that started this one passes it on: within this time, several signals are one request.</summary>
    private static readonly TimeSpan OneRequest = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Lock _gate = new();
    private long? _signalled;   // when, in ticks of the stopwatch
    private bool _disposed;

    public StopSignals() =>
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal)];

    public CancellationToken Token => _source.Token;

    /// <summary>Stops when the standard input ends too: the process at its other end asks for it, or is gone.</summary>
    public void StopWhenInputEnds() => new Thread(() =>
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        lock (_gate)
        {
            if (!_disposed)
            {
                _source.Cancel();
            }
        }
    })
    { IsBackground = true, Name = "end of input" }.Start();

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        lock (_gate)
        {
            _signalled ??= Stopwatch.GetTimestamp();
            context.Cancel = Stopwatch.GetElapsedTime(_signalled.Value) < OneRequest;
        }

        _source.Cancel();
    }
}
