namespace Parallax.Torch;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>A differentiable function with several results.</summary>
        public abstract class MultiTensorFunction<T> : Function<T>
            where T : MultiTensorFunction<T>, new()
        {
            /// <summary>Runs forward and records backward. Tensors among the arguments are its inputs.</summary>
            public static List<Tensor> apply(params object[] vars) => ApplyAll(vars);

            public abstract List<Tensor> forward(AutogradContext ctx, params object[] vars);

            /// <summary>One gradient per argument of forward, null where there is none.</summary>
            public abstract List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs);

            internal sealed override List<Tensor> ForwardAll(AutogradContext context, object[] vars) => forward(context, vars);

            internal sealed override List<Tensor> BackwardAll(AutogradContext context, List<Tensor> gradients) => backward(context, gradients);
        }
    }
}
