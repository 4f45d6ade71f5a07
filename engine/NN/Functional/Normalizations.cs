namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Divides by the p-norm along a dimension; vectors shorter than <paramref name="eps"/> by eps.</summary>
            public static Tensor normalize(Tensor input, double p = 2.0, long dim = 1L, double eps = 1e-12)
            {
                using var length = Ops.norm_ScalarOpt_dim(input, p, [dim], keepdim: true);
                using var bounded = Ops.clamp_min(length, eps);
                return Ops.div_Tensor(input, bounded);
            }

            /// <summary>Batch normalisation over [N, C, ...]; the running statistics are updated in place when training.</summary>
            public static Tensor batch_norm(
                Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null,
                bool training = false, double momentum = 0.1, double eps = 1e-5)
            {
                if (training && input.numel() == input.size(1))
                {
                    throw new ArgumentException(
                        $"Batch normalisation needs more than one value per channel in training, got [{string.Join(", ", input.shape)}]. " +
                        "Use a larger batch, or drop an incomplete last one.",
                        nameof(input));
                }

                return Ops.batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled: true);
            }

            /// <summary>Group normalisation over [N, C, ...].</summary>
            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                Ops.group_norm(input, num_groups, weight, bias, eps);

            /// <summary>Normalisation of each sample and channel over [N, C, ...].</summary>
            public static Tensor instance_norm(
                Tensor input, Tensor? running_mean = null, Tensor? running_var = null, Tensor? weight = null, Tensor? bias = null,
                bool use_input_stats = true, double momentum = 0.1, double eps = 1e-5) =>
                Ops.instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, cudnn_enabled: true);

            /// <summary>Layer normalisation over the last dimensions.</summary>
            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                Ops.layer_norm(input, normalized_shape, weight, bias, eps);
        }
    }
}
