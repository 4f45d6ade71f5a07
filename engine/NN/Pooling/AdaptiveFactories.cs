namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Mean over the parts of [N, C, L].</summary>
        public static AdaptiveAvgPool1d AdaptiveAvgPool1d(long output_size) => new(output_size);

        /// <summary>Mean over the parts of [N, C, H, W].</summary>
        public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] output_size) => new(output_size);

        /// <summary>Mean over the parts of [N, C, H, W].</summary>
        public static AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) output_size) => new(Sizes(output_size));

        /// <summary>Mean over the parts of [N, C, H, W], as many in each dimension.</summary>
        public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) => new(Same(output_size, 2));

        /// <summary>Mean over the parts of [N, C, D, H, W].</summary>
        public static AdaptiveAvgPool3d AdaptiveAvgPool3d(long[] output_size) => new(output_size);

        /// <summary>Mean over the parts of [N, C, D, H, W].</summary>
        public static AdaptiveAvgPool3d AdaptiveAvgPool3d((long, long, long) output_size) => new(Sizes(output_size));

        /// <summary>Mean over the parts of [N, C, D, H, W], as many in each dimension.</summary>
        public static AdaptiveAvgPool3d AdaptiveAvgPool3d(long output_size) => new(Same(output_size, 3));

        /// <summary>Maximum over the parts of [N, C, L].</summary>
        public static AdaptiveMaxPool1d AdaptiveMaxPool1d(long output_size) => new(output_size);

        /// <summary>Maximum over the parts of [N, C, H, W].</summary>
        public static AdaptiveMaxPool2d AdaptiveMaxPool2d(long[] output_size) => new(output_size);

        /// <summary>Maximum over the parts of [N, C, D, H, W].</summary>
        public static AdaptiveMaxPool3d AdaptiveMaxPool3d(long[] output_size) => new(output_size);
    }
}
