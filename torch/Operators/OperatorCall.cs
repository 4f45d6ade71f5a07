using System.Runtime.InteropServices;

namespace Parallax.Torch;

/// <summary>Calls any operator of libtorch by name: for the few that TorchSharp does not offer.</summary>
/// <remarks>
/// Arguments are added in the order of the operator's schema, all of them: there are no defaults. Autograd, autocast and the device apply as for any other
/// call. libtorch prints what went wrong on stderr and says no more than that it failed: check shapes and types before.
/// </remarks>
internal unsafe ref struct OperatorCall
{
    private const ulong Abi = 0x020A_0000_0000_0000;   // the form of the arguments as of libtorch 2.10
    private const int MostArguments = 16;

    private static readonly delegate* unmanaged<byte*, byte*, ulong*, ulong, int> Dispatch =
        (delegate* unmanaged<byte*, byte*, ulong*, ulong, int>)Exports.Address(Exports.CallDispatcher);

    private static readonly delegate* unmanaged<nint, nint*, int> CopyHandle = (delegate* unmanaged<nint, nint*, int>)Exports.Address(Exports.NewTensorHandle);
    private static readonly delegate* unmanaged<nuint, nint*, int> NewList = (delegate* unmanaged<nuint, nint*, int>)Exports.Address(Exports.NewList);
    private static readonly delegate* unmanaged<nint, ulong, int> Push = (delegate* unmanaged<nint, ulong, int>)Exports.Address(Exports.PushToList);

    private readonly string _name;
    private readonly string _overload;
    private fixed ulong _stack[MostArguments];
    private int _count;

    /// <param name="name">For example <c>aten::contiguous</c>.</param>
    /// <param name="overload">For example <c>Scalar</c>; empty for the only one.</param>
    public OperatorCall(string name, string overload = "") => (_name, _overload) = (name, overload);

    public OperatorCall Add(Tensor tensor) => Put((ulong)Copy(tensor));

    public OperatorCall Add(double value) => Put(BitConverter.DoubleToUInt64Bits(value));

    public OperatorCall Add(long value) => Put((ulong)value);

    public OperatorCall Add(bool value) => Put(value ? 1UL : 0UL);

    public OperatorCall Add(scoped ReadOnlySpan<Tensor> tensors)
    {
        nint list;
        Require(NewList((nuint)tensors.Length, &list));
        foreach (var tensor in tensors)
        {
            Require(Push(list, (ulong)Copy(tensor)));
        }

        return Put((ulong)list);
    }

    public OperatorCall Add(scoped ReadOnlySpan<bool> values)
    {
        nint list;
        Require(NewList((nuint)values.Length, &list));
        foreach (var value in values)
        {
            Require(Push(list, value ? 1UL : 0UL));
        }

        return Put((ulong)list);
    }

    /// <summary>An optional argument that is not given.</summary>
    public OperatorCall AddNone() => Put(0);

    /// <summary>An optional argument that is given.</summary>
    public OperatorCall AddSome(Tensor tensor) => PutCell((ulong)Copy(tensor));

    /// <inheritdoc cref="AddSome(Tensor)"/>
    public OperatorCall AddSome(double value) => PutCell(BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Calls an operator without a result, or one whose result is an argument that it changed.</summary>
    public void Run(int results = 0)
    {
        Invoke();
        for (var i = 0; i < results; i++)
        {
            Tensor.UnsafeCreateTensor((nint)_stack[i]).Dispose();
        }
    }

    /// <summary>Calls an operator with one tensor as result.</summary>
    public Tensor RunForTensor() => RunForTensors(1)[0];

    /// <summary>Calls an operator with several tensors as results.</summary>
    public Tensor[] RunForTensors(int results)
    {
        Invoke();
        var tensors = new Tensor[results];
        for (var i = 0; i < results; i++)
        {
            tensors[i] = Tensor.UnsafeCreateTensor((nint)_stack[i]);
        }

        return tensors;
    }

    private static nint Copy(Tensor tensor)
    {
        nint copy;
        _ = CopyHandle(tensor.Handle, &copy);
        GC.KeepAlive(tensor);
        return copy;
    }

    private OperatorCall PutCell(ulong value)
    {
        // libtorch frees the cell with the stack.
        var cell = (ulong*)NativeMemory.Alloc(sizeof(ulong));
        *cell = value;
        return Put((ulong)cell);
    }

    private OperatorCall Put(ulong value)
    {
        _stack[_count++] = value;
        return this;
    }

    private void Invoke()
    {
        fixed (ulong* stack = _stack)
        fixed (byte* name = Utf8(_name), overload = Utf8(_overload))
        {
            Require(Dispatch(name, overload, stack, Abi));
        }
    }

    private readonly void Require(int code)
    {
        if (code != 0)
        {
            throw new InvalidOperationException($"libtorch's operator {_name} failed; its message stands on stderr.");
        }
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text + "\0");
}
