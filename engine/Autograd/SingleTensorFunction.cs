namespace Parallax.Torch;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>A differentiable function with one result.</summary>
        public abstract class SingleTensorFunction<T> : Function<T>
            where T : SingleTensorFunction<T>, new()
        {
            /// <summary>Runs forward and records backward. Tensors among the arguments are its inputs.</summary>
            public static Tensor apply(params object[] vars) => ApplyAll(vars)[0];

            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            /// <summary>One gradient per argument of forward, null where there is none.</summary>
            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);

            internal sealed override List<Tensor> ForwardAll(AutogradContext context, object[] vars) => [forward(context, vars)];

            internal sealed override List<Tensor> BackwardAll(AutogradContext context, List<Tensor> gradients) => backward(context, gradients[0]);
        }
    }
}
