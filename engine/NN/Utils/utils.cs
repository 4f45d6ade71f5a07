namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Work on the gradients and values of many parameters at once.</summary>
        public static partial class utils
        {
            private const double SmallestNorm = 1e-6;

            /// <summary>Scales all gradients together so that their common norm is at most a limit.</summary>
            /// <param name="tensors">Parameters; those without gradient are left out.</param>
            /// <param name="max_norm">The limit.</param>
            /// <param name="norm_type">Which norm; infinity is the largest absolute value.</param>
            /// <returns>The norm before scaling.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var scope = NewDisposeScope();
                using var noGradient = no_grad();
                var gradients = tensors.Select(t => t.grad).OfType<Tensor>().ToArray();
                if (gradients.Length == 0)
                {
                    return 0;
                }

                var norms = gradients.Select(g => Ops.linalg_vector_norm(g, norm_type)).ToArray();
                var total = Ops.linalg_vector_norm(stack(norms), norm_type).ToDouble();
                var factor = max_norm / (total + SmallestNorm);
                if (factor < 1)
                {
                    Array.ForEach(gradients, g => g.mul_(factor));
                }

                return total;
            }

            /// <summary>Keeps every element of the gradients between -limit and limit.</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(clip_value);
                using var noGradient = no_grad();
                foreach (var parameter in tensors)
                {
                    using var gradient = parameter.grad;
                    gradient?.clamp_(-clip_value, clip_value);
                }
            }

            /// <summary>All values in one vector, in order.</summary>
            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                using var scope = NewDisposeScope();
                return cat([.. tensors.Select(t => t.reshape(-1))]).MoveToOuterDisposeScope();
            }

            /// <summary>Writes a vector back into the parameters, in order.</summary>
            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                ArgumentNullException.ThrowIfNull(vec);
                using var noGradient = no_grad();
                var parameters = tensors.ToList();
                var expected = parameters.Sum(p => p.numel());
                if (vec.numel() != expected)
                {
                    throw new ArgumentException($"The parameters have {expected} values, the vector {vec.numel()}.", nameof(vec));
                }

                var start = 0L;
                foreach (var parameter in parameters)
                {
                    using var part = vec.narrow(0, start, parameter.numel());
                    using var shaped = part.view(parameter.shape);
                    parameter.copy_(shaped);
                    start += parameter.numel();
                }
            }
        }
    }
}
