using System.Runtime.CompilerServices;
using Parallax.Engine;

namespace Parallax.Benchmarks;

/// <summary>An operator called over the binding's native side only, with prepared arguments: no tensor object, no scope, the result freed at once.</summary>
internal sealed unsafe class NativeCall
{
    private readonly Operator _operator;
    private readonly Value[] _arguments;

    public NativeCall(string name, string overload, params ReadOnlySpan<Value> arguments)
    {
        _operator = new Operator(name, overload);
        _arguments = GC.AllocateArray<Value>(arguments.Length, pinned: true);
        arguments.CopyTo(_arguments);
    }

    public void Run(int calls)
    {
        var arguments = (Value*)Unsafe.AsPointer(ref _arguments[0]);
        for (var i = 0; i < calls; i++)
        {
            Value result;
            _operator.Call(arguments, _arguments.Length, &result, 1);
            var handle = result.Pointer;
            Native.px_release_all(&handle, 1);
        }
    }
}
