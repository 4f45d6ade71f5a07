namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Mean over the parts of [N, C, L].</summary>
            public static Tensor adaptive_avg_pool1d(Tensor input, long output_size) => Ops.adaptive_avg_pool1d(input, [output_size]);

            /// <summary>Mean over the parts of [N, C, H, W].</summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Ops.adaptive_avg_pool2d(input, output_size);

            /// <summary>Mean over the parts of [N, C, H, W].</summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) => adaptive_avg_pool2d(input, Sizes(output_size));

            /// <summary>Mean over the parts of [N, C, H, W], as many in each dimension.</summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => adaptive_avg_pool2d(input, Same(output_size, 2));

            /// <summary>Mean over the parts of [N, C, D, H, W].</summary>
            public static Tensor adaptive_avg_pool3d(Tensor input, long[] output_size) => Ops.adaptive_avg_pool3d(input, output_size);

            /// <summary>Mean over the parts of [N, C, D, H, W].</summary>
            public static Tensor adaptive_avg_pool3d(Tensor input, (long, long, long) output_size) => adaptive_avg_pool3d(input, Sizes(output_size));

            /// <summary>Mean over the parts of [N, C, D, H, W], as many in each dimension.</summary>
            public static Tensor adaptive_avg_pool3d(Tensor input, long output_size) => adaptive_avg_pool3d(input, Same(output_size, 3));

            /// <summary>Maximum over the parts of [N, C, L].</summary>
            public static Tensor adaptive_max_pool1d(Tensor input, long output_size)
            {
                var (values, indices) = Ops.adaptive_max_pool1d(input, [output_size]);
                indices.Dispose();
                return values;
            }

            /// <summary>Maximum over the parts of [N, C, L], and where it was.</summary>
            public static (Tensor Values, Tensor Indices) adaptive_max_pool1d_with_indices(Tensor input, long output_size) =>
                Ops.adaptive_max_pool1d(input, [output_size]);

            /// <summary>Maximum over the parts of [N, C, H, W].</summary>
            public static Tensor adaptive_max_pool2d(Tensor input, long[] output_size)
            {
                var (values, indices) = Ops.adaptive_max_pool2d(input, output_size);
                indices.Dispose();
                return values;
            }

            /// <summary>Maximum over the parts of [N, C, H, W], and where it was.</summary>
            public static (Tensor Values, Tensor Indices) adaptive_max_pool2d_with_indices(Tensor input, long[] output_size) =>
                Ops.adaptive_max_pool2d(input, output_size);

            /// <summary>Maximum over the parts of [N, C, D, H, W].</summary>
            public static Tensor adaptive_max_pool3d(Tensor input, long[] output_size)
            {
                var (values, indices) = Ops.adaptive_max_pool3d(input, output_size);
                indices.Dispose();
                return values;
            }

            /// <summary>Maximum over the parts of [N, C, D, H, W], and where it was.</summary>
            public static (Tensor Values, Tensor Indices) adaptive_max_pool3d_with_indices(Tensor input, long[] output_size) =>
                Ops.adaptive_max_pool3d(input, output_size);
        }
    }
}
