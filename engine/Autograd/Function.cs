using System.Runtime.InteropServices;

namespace Parallax.Torch;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>A differentiable function whose forward and backward are C#; one instance per type serves all calls.</summary>
        public abstract class Function<T>
            where T : Function<T>, new()
        {
            private static T Instance { get; } = new();

            /// <summary>Names the node in errors.</summary>
            public abstract string Name { get; }

            internal abstract List<Tensor> ForwardAll(AutogradContext context, object[] vars);

            internal abstract List<Tensor> BackwardAll(AutogradContext context, List<Tensor> gradients);

            private protected static List<Tensor> ApplyAll(object[] vars)
            {
                ArgumentNullException.ThrowIfNull(vars);
                using var scope = DisposeScope.Open();
                var context = new AutogradContext();
                var inputs = vars.OfType<Tensor>().ToArray();
                var recorded = FunctionNode.IsNeeded(inputs);
                List<Tensor> outputs;
                using (no_grad())
                {
                    outputs = Instance.ForwardAll(context, vars);
                }

                if (recorded)
                {
                    FunctionNode.RefuseDirtyLeaves(Instance.Name, context);
                    var node = new FunctionNode(Instance.Name, context, vars, outputs, (running, gradients) => Instance.BackwardAll(running, gradients));
                    outputs = node.Record(inputs, outputs, context);
                }
                else
                {
                    // An input handed through gets an object of its own, so that both can be disposed.
                    outputs = outputs.ConvertAll(output => inputs.Any(input => ReferenceEquals(input,
                        output)) && !context.Dirty.Contains(output) ? output.alias() : output);
                }

                foreach (var output in outputs.Where(output => output.Scope == scope))
                {
                    scope.MoveToOuter(output);
                }

                return outputs;
            }
        }
    }
}
