namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Maximum of a moving window over [N, C, L].</summary>
        public static MaxPool1d MaxPool1d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
            new(kernel_size, stride, padding, dilation, ceil_mode);

        /// <summary>Maximum of a moving window over [N, C, H, W].</summary>
        public static MaxPool2d MaxPool2d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
            new(Same(kernel_size, 2), Same(stride, 2), Same(padding, 2), Same(dilation, 2), ceil_mode);

        /// <summary>Maximum of a moving window over [N, C, H, W].</summary>
        public static MaxPool2d MaxPool2d(
            (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false) =>
            new(Sizes(kernel_size), Sizes(stride), Sizes(padding), Sizes(dilation), ceil_mode);

        /// <summary>Maximum of a moving window over [N, C, H, W].</summary>
        public static MaxPool2d MaxPool2d(
            long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
            new(kernel_size, stride, padding, dilation, ceil_mode);

        /// <summary>Maximum of a moving window over [N, C, D, H, W].</summary>
        public static MaxPool3d MaxPool3d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
            new(Same(kernel_size, 3), Same(stride, 3), Same(padding, 3), Same(dilation, 3), ceil_mode);

        /// <summary>Maximum of a moving window over [N, C, D, H, W].</summary>
        public static MaxPool3d MaxPool3d(
            (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? dilation = null,
            bool ceil_mode = false) =>
            new(Sizes(kernel_size), Sizes(stride), Sizes(padding), Sizes(dilation), ceil_mode);

        /// <summary>Maximum of a moving window over [N, C, D, H, W].</summary>
        public static MaxPool3d MaxPool3d(
            long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
            new(kernel_size, stride, padding, dilation, ceil_mode);

        /// <summary>Mean of a moving window over [N, C, L].</summary>
        public static AvgPool1d AvgPool1d(long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true) =>
            new(kernel_size, stride, padding, ceil_mode, count_include_pad);

        /// <summary>Mean of a moving window over [N, C, H, W].</summary>
        public static AvgPool2d AvgPool2d(
            long kernel_size, long? stride = null, long? padding = null,
            bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
            new(Same(kernel_size, 2), Same(stride, 2), Same(padding, 2), ceil_mode, count_include_pad, divisor_override);

        /// <summary>Mean of a moving window over [N, C, H, W].</summary>
        public static AvgPool2d AvgPool2d(
            (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
            bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
            new(Sizes(kernel_size), Sizes(stride), Sizes(padding), ceil_mode, count_include_pad, divisor_override);

        /// <summary>Mean of a moving window over [N, C, H, W].</summary>
        public static AvgPool2d AvgPool2d(
            long[] kernel_size, long[]? stride = null, long[]? padding = null,
            bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
            new(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

        /// <summary>Mean of a moving window over [N, C, D, H, W].</summary>
        public static AvgPool3d AvgPool3d(
            long kernel_size, long? stride = null, long? padding = null,
            bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
            new(Same(kernel_size, 3), Same(stride, 3), Same(padding, 3), ceil_mode, count_include_pad, divisor_override);

        /// <summary>Mean of a moving window over [N, C, D, H, W].</summary>
        public static AvgPool3d AvgPool3d(
            (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null,
            bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
            new(Sizes(kernel_size), Sizes(stride), Sizes(padding), ceil_mode, count_include_pad, divisor_override);

        /// <summary>Mean of a moving window over [N, C, D, H, W].</summary>
        public static AvgPool3d AvgPool3d(
            long[] kernel_size, long[]? stride = null, long[]? padding = null,
            bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
            new(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

        private static long[] Same(long size, int dimensions) => [.. Enumerable.Repeat(size, dimensions)];

        private static long[]? Same(long? size, int dimensions) => size is { } s ? Same(s, dimensions) : null;

        private static long[]? Sizes((long, long)? pair) => pair is { } p ? Sizes(p) : null;

        private static long[]? Sizes((long, long, long)? triple) => triple is { } t ? Sizes(t) : null;
    }
}
