using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Parallax.Torch;

/// <summary>Observes every operator that libtorch calls in this process, on all threads: how often, and if wanted when. One at a time.</summary>
/// <remarks>
/// Operators call others: <c>aten::matmul</c> also counts as the <c>aten::mm</c> inside it. A call costs well below a microsecond more while it is observed.
/// libtorch calls these functions through a C++ object, whose form belongs to libtorch 2.10.
/// </remarks>
public sealed unsafe class OperatorRecorder : IDisposable
{
    private const int LongestName = 256;

    [ThreadStatic]
    private static Stack<(OperatorRecorder Recorder, string Name, long Start)>? _open;

    private static readonly delegate* unmanaged<nint, byte*> NameOf = (delegate* unmanaged<nint, byte*>)Exports.Address(Exports.RecordedName);

    private static OperatorRecorder? _current;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _counts = [];
    private readonly List<OperatorEvent> _events = [];
    private readonly bool _keepsEvents;
    private readonly ulong _handle;

    private OperatorRecorder(bool keepEvents)
    {
        _keepsEvents = keepEvents;
        var add = (delegate* unmanaged<Callback, ulong>)Exports.Address(Exports.AddRecordCallback);
        var callback = new Callback { Start = &OnStart, End = keepEvents ? &OnEnd : null, Probability = 1 };
        callback.Scopes[0] = 1;   // operators
        _current = this;
        _handle = add(callback);
    }

    /// <summary>Calls so far, by name.</summary>
    public IReadOnlyDictionary<string, long> Counts
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, long>(_counts);
            }
        }
    }

    /// <summary>Calls that have ended so far, in the order of their ends; empty unless events are kept.</summary>
    public IReadOnlyList<OperatorEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Begins to observe; disposing ends it.</summary>
    /// <param name="keepEvents">Whether start and end of each call are kept: about 40 bytes for each.</param>
    /// <exception cref="InvalidOperationException">Another recorder has not been disposed.</exception>
    public static OperatorRecorder Start(bool keepEvents = false) => _current is null
        ? new(keepEvents)
        : throw new InvalidOperationException("Operators are being recorded already; dispose of the other recorder before.");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_current == this)
        {
            ((delegate* unmanaged<ulong, void>)Exports.Address(Exports.RemoveRecordCallback))(_handle);
            _current = null;
        }
    }

    [UnmanagedCallersOnly]
    private static nint* OnStart(nint* context, nint call)
    {
        *context = 0;
        if (_current is { } recorder)
        {
            var name = recorder.Count(NameOf(call));
            if (recorder._keepsEvents)
            {
                (_open ??= []).Push((recorder, name, Stopwatch.GetTimestamp()));
            }
        }

        return context;
    }

    [UnmanagedCallersOnly]
    private static void OnEnd(nint call, nint context)
    {
        var end = Stopwatch.GetTimestamp();
        if (_open is { Count: > 0 } open && open.Pop() is var (recorder, name, start) && recorder == _current)
        {
            lock (recorder._gate)
            {
                recorder._events.Add(new(name, Environment.CurrentManagedThreadId, start, end));
            }
        }
    }

    /// <summary>Counts a call; its name as a string that is made once.</summary>
    private string Count(byte* utf8)
    {
        Span<char> buffer = stackalloc char[LongestName];
        _ = Encoding.UTF8.TryGetChars(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(utf8), buffer, out var length);
        lock (_gate)
        {
            var byCharacters = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
            byCharacters.TryGetValue(buffer[..length], out var name, out var count);
            name ??= buffer[..length].ToString();
            _counts[name] = count + 1;

            return name;
        }
    }

    /// <summary><c>at::RecordFunctionCallback</c>.</summary>
    private struct Callback
    {
        public delegate* unmanaged<nint*, nint, nint*> Start;
        public delegate* unmanaged<nint, nint, void> End;
        public double Probability;
        public fixed byte Scopes[16];   // 10 kinds of calls, then whether inputs, outputs and ids are needed
    }
}
