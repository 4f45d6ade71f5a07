using System.Runtime.InteropServices;

namespace Parallax.Host.Processes;

/// <summary>
/// Turns SIGTERM, Ctrl-C and, where it is asked for, the end of the input into a request to stop. What does not end by itself in time is ended: at any
/// moment, whatever the program waits for. A second signal ends it at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>Time that is given to a program that says nothing else.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(2);

    /// <summary>Time for a training step, which cannot be cut short, and its checkpoint.</summary>
    public static readonly TimeSpan ForAStep = TimeSpan.FromSeconds(15);

    /// <summary>The same where the processes agree at logged steps only.</summary>
    public static readonly TimeSpan ForSomeSteps = TimeSpan.FromSeconds(60);

    /// <summary>Time to note how a run ended, in a tracking server that may be slow to answer.</summary>
    public static readonly TimeSpan ForTheRecord = TimeSpan.FromSeconds(15);

    /// <summary>Time for another program that is passed the request and ends itself.</summary>
    public static readonly TimeSpan ForAChild = TimeSpan.FromSeconds(75);

    /// <summary>A terminal tells every process of a group, and the process that started this one passes it on: within this time, several signals are one
    /// request.</summary>
    private static readonly TimeSpan OneRequest = TimeSpan.FromSeconds(1);

    /// <summary>Time for the last notes.</summary>
    private static readonly TimeSpan ForNotes = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly List<Action> _notes = [];
    private readonly Stack<TimeSpan> _patience = new([Usual]);
    private readonly Lock _gate = new();
    private readonly CliOutput _output;
    private readonly TimeProvider _time;
    private readonly Action<int> _end;
    private readonly ITimer _deadline;
    private long? _signalled;   // when, in ticks of the clock
    private bool _isRequested, _isEnding, _disposed;

    /// <param name="output">Told when the program is ended.</param>
    /// <param name="time">Clock.</param>
    public StopSignals(CliOutput output, TimeProvider time)
        : this(output, time, ProcessEnd.Now)
    {
    }

    /// <param name="output">Told when the program is ended.</param>
    /// <param name="time">Clock.</param>
    /// <param name="end">Ends the program with an exit code.</param>
    internal StopSignals(CliOutput output, TimeProvider time, Action<int> end)
    {
        (_output, _time, _end) = (output, time, end);
        _deadline = time.CreateTimer(_ => End(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>From now on the signals are a request.</summary>
    public void Listen() =>
        _registrations.AddRange([PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal)]);

    /// <summary>Stops when the standard input ends too: the process at its other end asks for it, or is gone.</summary>
    public void StopWhenInputEnds() => new Thread(() =>
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        Request();
    })
    { IsBackground = true, Name = "end of input" }.Start();

    /// <summary>Gives what is done until the result is disposed this much time to end after a request; what follows then has its own time.</summary>
    public IDisposable Within(TimeSpan time)
    {
        lock (_gate)
        {
            _patience.Push(time);
            Arm();
        }

        return new Undo(() =>
        {
            lock (_gate)
            {
                _patience.Pop();
                Arm();
            }
        });
    }

    /// <summary>Something that is noted before the program is ended, until the result is disposed. It may run beside everything else, and has two
    /// seconds.</summary>
    public IDisposable BeforeTheEnd(Action note)
    {
        lock (_gate)
        {
            _notes.Add(note);
        }

        return new Undo(() =>
        {
            lock (_gate)
            {
                _notes.Remove(note);
            }
        });
    }

    /// <summary>Asks to stop, as a signal does; what asks again a second later or more is not waited for.</summary>
    internal void Signal()
    {
        bool again;
        lock (_gate)
        {
            again = _signalled is { } first && _time.GetElapsedTime(first) >= OneRequest;
            _signalled ??= _time.GetTimestamp();
        }

        if (again)
        {
            End();
        }

        Request();
    }

    private void Request()
    {
        lock (_gate)
        {
            if (_disposed || _isRequested)
            {
                return;
            }

            _isRequested = true;
            Arm();
        }

        _source.Cancel();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _deadline.Dispose();
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Signal();
    }

    // Under the lock.
    private void Arm()
    {
        if (_isRequested && !_disposed)
        {
            _deadline.Change(_patience.Peek(), Timeout.InfiniteTimeSpan);
        }
    }

    private void End()
    {
        Action[] notes;
        lock (_gate)
        {
            if (_disposed || _isEnding)
            {
                return;
            }

            _isEnding = true;
            notes = [.. _notes.AsEnumerable().Reverse()];
        }

        Action[] all = [Tell, .. notes];   // the terminal may take nothing, while its output is held
        foreach (var note in all)
        {
            var noting = Task.Factory.StartNew(note, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Task.WhenAny(noting).Wait(ForNotes);   // a fault of a note changes nothing now
        }

        _end(ExitCodes.Stopped);
    }

    private void Tell()
    {
        _output.Region.Close();
        _output.Error("Stopped.");
    }

    private sealed class Undo(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
