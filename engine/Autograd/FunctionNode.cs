using System.Runtime.InteropServices;
using static Parallax.Torch.torch;
using static Parallax.Torch.torch.autograd;

namespace Parallax.Torch;

/// <summary>The managed side of one graph node: lives from recording until libtorch frees the node.</summary>
internal sealed unsafe class FunctionNode
{
    private readonly string _name;
    private readonly AutogradContext _context;
    private readonly bool[] _isTensor;
    private readonly (long[] Shape, ScalarType Type, Device Device)[] _outputs;
    private readonly Func<AutogradContext, List<Tensor>, List<Tensor>> _backward;

    internal FunctionNode(string name, AutogradContext context, object[] vars, List<Tensor> outputs, Func<AutogradContext, List<Tensor>, List<Tensor>> backward)
    {
        _name = name;
        _context = context.Detached();
        _isTensor = Array.ConvertAll(vars, argument => argument is Tensor);
        _outputs = outputs.Select(output => (output.shape, output.dtype, output.device)).ToArray();
        _backward = backward;
    }

    internal static bool IsNeeded(Tensor[] inputs)
    {
        var handles = Array.ConvertAll(inputs, input => input.Live);
        int needed;
        fixed (nint* data = handles)
        {
            Native.Check(Native.px_function_needed(data, handles.Length, &needed), "autograd function");
        }

        GC.KeepAlive(inputs);
        return needed != 0;
    }

    internal static void RefuseDirtyLeaves(string name, AutogradContext context)
    {
        if (context.Dirty.Any(tensor => tensor.is_leaf && tensor.requires_grad))
        {
            throw new InvalidOperationException($"{name} changed a leaf tensor that requires a gradient in place. Work on a copy (clone()), or run it under no_grad().");
        }
    }

    /// <summary>Writes the history of the outputs; from here on libtorch owns this object.</summary>
    internal List<Tensor> Record(Tensor[] inputs, List<Tensor> outputs, AutogradContext context)
    {
        var count = outputs.Count;
        var ins = Array.ConvertAll(inputs, input => input.Live);
        var outs = outputs.Select(output => output.Live).ToArray();
        var differentiable = outputs.Select(output => (byte)(context.NonDifferentiable.Any(other => ReferenceEquals(other, output)) ? 0 : 1)).ToArray();
        var dirty = outputs.Select(output => (byte)(context.Dirty.Any(other => ReferenceEquals(other, output)) ? 1 : 0)).ToArray();
        var saved = context.Saved.Select(tensor => tensor?.Live ?? 0).ToArray();
        var savedOutput = context.Saved.Select(tensor => outputs.FindIndex(output => ReferenceEquals(output, tensor))).ToArray();
        var results = new nint[count];
        var self = GCHandle.ToIntPtr(GCHandle.Alloc(this));
        fixed (nint* i = ins, o = outs, s = saved, r = results)
        fixed (byte* d = differentiable, m = dirty)
        fixed (int* so = savedOutput)
        {
            var code = Native.px_function_record(_name, &Run, &Drop, self, i, ins.Length, o, count, d, m, s, so, saved.Length, r);
            Native.Check(code, $"recording {_name}");
        }

        GC.KeepAlive(inputs);
        GC.KeepAlive(context);
        return outputs.Select((output, index) => Adopt(output, results[index])).ToList();
    }

    /// <summary>The output itself when its tensor took the history, otherwise the tensor made for it.</summary>
    private static Tensor Adopt(Tensor output, nint result)
    {
        if (result != output.Live)
        {
            return new Tensor(result);
        }

        Native.px_release_all(&result, 1);
        return output;
    }

    [UnmanagedCallersOnly]
    private static void Drop(nint state) => GCHandle.FromIntPtr(state).Free();

    [UnmanagedCallersOnly]
    private static long Run(nint state, nint node, nint* incoming, int incomingCount, nint* outgoing, int outgoingCount)
    {
        try
        {
            // Its own scope: the callback's tensors must not land in whatever scope this thread has open.
            using var scope = DisposeScope.Open();
            var gradients = new List<Tensor>(incomingCount);
            for (var i = 0; i < incomingCount; i++)
            {
                gradients.Add(incoming[i] == 0 ? null! : new Tensor(incoming[i]));
            }

            var self = (FunctionNode)GCHandle.FromIntPtr(state).Target!;
            self.Backward(node, gradients, new Span<nint>(outgoing, outgoingCount));
            return 0;
        }
        catch (Exception e)
        {
            return TorchException.Keep(e);
        }
    }

    private void Backward(nint node, List<Tensor> gradients, Span<nint> outgoing)
    {
        for (var i = 0; i < gradients.Count && _context.MaterializeGrads; i++)
        {
            var (shape, type, device) = _outputs[i];
            gradients[i] ??= zeros(shape, type, device);
        }

        var results = _backward(_context.For(node), gradients);
        if (results.Count < _isTensor.Length || results.Skip(_isTensor.Length).Any(result => result is not null))
        {
            throw new InvalidOperationException($"backward of {_name} returned {results.Count} gradients; forward has {_isTensor.Length} arguments. Return one per argument, null where there is none.");
        }

        var next = 0;
        for (var i = 0; i < _isTensor.Length; i++)
        {
            if (_isTensor[i])
            {
                outgoing[next++] = results[i] is { } gradient ? Native.px_retain(gradient.Live) : 0;
            }
            else if (results[i] is not null)
            {
                throw new InvalidOperationException($"backward of {_name} returned a gradient for argument {i} of forward, which is no tensor. Return null there.");
            }
        }

        GC.KeepAlive(results);
    }
}
