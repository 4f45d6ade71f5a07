namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>Gradients of whole graphs, and differentiable functions written in C#.</summary>
    public static partial class autograd
    {
        /// <summary>Gradients of outputs with respect to inputs, returned instead of accumulated; null where an unused input is allowed.</summary>
        public static unsafe IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false,
                bool allow_unused = false)
        {
            ArgumentNullException.ThrowIfNull(outputs);
            ArgumentNullException.ThrowIfNull(inputs);
            var (outs, ins, grads) = (Handles(outputs), Handles(inputs), Handles(grad_outputs));
            var results = new nint[ins.Length];
            fixed (nint* o = outs, i = ins, g = grads, r = results)
            {
                var code = Native.px_grad_of(o, outs.Length, i, ins.Length, g, grads.Length, retain_graph || create_graph ? 1 : 0,
                    create_graph ? 1 : 0, allow_unused ? 1 : 0, r);
                Native.Check(code, $"autograd.grad of {outs.Length} outputs with respect to {ins.Length} inputs");
            }

            KeepAlive(outputs, inputs, grad_outputs);
            return Array.ConvertAll(results, handle => handle == 0 ? null! : new Tensor(handle));
        }

        /// <summary>Accumulates the gradients of several tensors into the leaves they were computed from.</summary>
        public static void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            Run(tensors, grad_tensors, retain_graph ?? create_graph, create_graph, inputs);

        /// <summary>Makes backward errors name the forward operation, and optionally stops at the first NaN gradient; slow.</summary>
        public static IDisposable detect_anomaly(bool check_nan = true) => new AnomalyMode(check_nan);

        internal static unsafe void Run(IList<Tensor> tensors, IList<Tensor>? gradients, bool? retain, bool create, IList<Tensor>? inputs)
        {
            var (roots, grads, ins) = (Handles(tensors), Handles(gradients), Handles(inputs));
            fixed (nint* r = roots, g = grads, i = ins)
            {
                var code = Native.px_backward(r, roots.Length, g, grads.Length, retain is { } given ? (given ? 1 : 0) : -1, create ? 1 : 0, i, ins.Length);
                if (code != 0)
                {
                    throw TorchException.FromNative(code, $"backward({string.Join(", ", roots.Select(Native.Describe))})");
                }
            }

            KeepAlive(tensors, gradients, inputs);
        }

        private static nint[] Handles(IList<Tensor>? tensors)
        {
            if (tensors is null)
            {
                return [];
            }

            var handles = new nint[tensors.Count];
            for (var i = 0; i < handles.Length; i++)
            {
                handles[i] = tensors[i]?.Live ?? 0;
            }

            return handles;
        }

        private static void KeepAlive(params ReadOnlySpan<IList<Tensor>?> lists)
        {
            foreach (var list in lists)
            {
                foreach (var tensor in list ?? [])
                {
                    GC.KeepAlive(tensor);
                }
            }
        }
    }
}
