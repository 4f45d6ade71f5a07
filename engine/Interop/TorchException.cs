using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Parallax.Engine;

/// <summary>What kind of error libtorch reported.</summary>
public enum TorchErrorCode
{
    /// <summary>An error without a kind of its own: wrong shapes, types, states.</summary>
    Error = 1,

    /// <summary>An index out of range.</summary>
    Index = 2,

    /// <summary>A value out of range.</summary>
    Value = 3,

    /// <summary>A value of the wrong type.</summary>
    Type = 4,

    /// <summary>No kernel for this device or type.</summary>
    NotImplemented = 5,

    /// <summary>Host or device memory is used up.</summary>
    OutOfMemory = 6,

    /// <summary>This libtorch has no such operator.</summary>
    MissingOperator = 7,

    /// <summary>An error of the C++ library below libtorch.</summary>
    Runtime = 8,

    /// <summary>C# code called back from libtorch threw; see <see cref="Exception.InnerException"/>.</summary>
    Callback = 9,
}

/// <summary>An error of libtorch: the first line of its message, the operator, and the shapes of its arguments.</summary>
public sealed partial class TorchException : Exception
{
    private static readonly ConcurrentDictionary<long, Exception> s_pending = new();
    private static long s_lastId;

    internal TorchException(TorchErrorCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>What kind of error it was.</summary>
    public TorchErrorCode Code { get; }

    /// <summary>The exception for the calling thread's last native error.</summary>
    internal static TorchException FromNative(int code, string operation)
    {
        var message = Native.LastError();
        if ((TorchErrorCode)code == TorchErrorCode.Callback && CallbackMark().Match(message) is { Success: true } mark
            && s_pending.TryRemove(long.Parse(mark.Groups[1].Value, CultureInfo.InvariantCulture), out var inner))
        {
            return new TorchException(TorchErrorCode.Callback, $"{inner.Message} (thrown by C# code called from {operation})", inner);
        }

        return new TorchException((TorchErrorCode)code, $"{message.TrimEnd('.')} in {operation}");
    }

    /// <summary>Keeps an exception of a callback until the native call it interrupts is back in C#; the text of the native error carries the number.</summary>
    internal static long Keep(Exception exception)
    {
        var id = Interlocked.Increment(ref s_lastId);
        s_pending[id] = exception;
        return id;
    }

    [GeneratedRegex(@"\[px:(\d+)\]")]
    private static partial Regex CallbackMark();
}
