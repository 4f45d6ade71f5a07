using System.Text;

namespace Parallax.Engine;

/// <summary>One operator of libtorch: found on first use, so that one that this libtorch lacks harms only its callers.</summary>
internal sealed unsafe class Operator(string name, string overload, string? since = null, string? before = null)
{
    private nint _handle;

    internal string Name => overload.Length == 0 ? name : $"{name}.{overload}";

    internal string? Since => since;

    /// <summary>Calls the operator and drops its results.</summary>
    internal void Void(Value* args, int count) => Call(args, count, null, 0);

    internal Tensor One(Value* args, int count)
    {
        Value result;
        Call(args, count, &result, 1);
        return result.TakeTensor();
    }

    internal Tensor[] Many(Value* args, int count)
    {
        Value result;
        Call(args, count, &result, 1);
        return result.TakeTensors();
    }

    internal long Integer(Value* args, int count)
    {
        Value result;
        Call(args, count, &result, 1);
        return result.Integer;
    }

    internal double Real(Value* args, int count)
    {
        Value result;
        Call(args, count, &result, 1);
        return result.Real;
    }

    internal bool Boolean(Value* args, int count) => Integer(args, count) != 0;

    internal Scalar Number(Value* args, int count)
    {
        Value result;
        Call(args, count, &result, 1);
        return result.Kind switch
        {
            Value.Tag.Double => result.Real,
            Value.Tag.Bool => result.Integer != 0,
            _ => result.Integer,
        };
    }

    internal void Call(Value* args, int count, Value* results, int resultCount)
    {
        if (_handle == 0)
        {
            _handle = Find();
        }

        var code = Native.px_op_call(_handle, args, count, results, resultCount);
        if (code == 0)
        {
            return;
        }

        // Memory that forgotten tensors hold may be all that was missing.
        if ((TorchErrorCode)code == TorchErrorCode.OutOfMemory && MemoryBudget.Reclaim() && Native.px_op_call(_handle, args, count, results, resultCount) == 0)
        {
            return;
        }

        Throw(code, args, count);
    }

    /// <summary>Is the operator there?</summary>
    internal bool Exists()
    {
        nint handle;
        return Native.px_op_find(name, overload, &handle) == 0;
    }

    private nint Find()
    {
        nint handle;
        var code = Native.px_op_find(name, overload, &handle);
        if (code == 0)
        {
            return handle;
        }

        var needs = since is not null ? $"; it needs libtorch {since} or newer. Install one and set LIBTORCH to its folder"
            : before is not null ? $"; libtorch {before} removed it" : "";
        throw new TorchException((TorchErrorCode)code, $"{Native.LastError()}{needs}.");
    }

    private void Throw(int code, Value* args, int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Describe(text, args[i]);
        }

        throw TorchException.FromNative(code, $"{Name}({text})");
    }

    private static void Describe(StringBuilder text, in Value value)
    {
        switch (value.Kind)
        {
            case Value.Tag.Tensor: text.Append(Native.Describe(value.Pointer)); break;
            case Value.Tag.Int: text.Append(value.Integer); break;
            case Value.Tag.Double: text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{value.Real}"); break;
            case Value.Tag.Bool: text.Append(value.Integer != 0 ? "true" : "false"); break;
            case Value.Tag.Ints: text.Append('[').AppendJoin(", ", new ReadOnlySpan<long>((void*)value.Pointer, value.Length).ToArray()).Append(']'); break;
            case Value.Tag.String: text.Append('"').Append(Encoding.UTF8.GetString((byte*)value.Pointer, value.Length)).Append('"'); break;
            case Value.Tag.Tensors:
                text.Append('[').AppendJoin(", ", new ReadOnlySpan<nint>((void*)value.Pointer, value.Length).ToArray().Select(Native.Describe)).Append(']');
                break;
            default: text.Append(value.Kind == Value.Tag.Default ? "default" : value.Kind.ToString().ToLowerInvariant()); break;
        }
    }
}
