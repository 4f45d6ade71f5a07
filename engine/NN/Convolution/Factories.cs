namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A convolution over [N, C, L].</summary>
        public static Conv1d Conv1d(
            long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, [kernel_size], [stride], [padding], [dilation], groups, padding_mode), bias, device, dtype);

        /// <summary>A convolution over [N, C, L] padded by effect.</summary>
        public static Conv1d Conv1d(
            long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(new(in_channels, out_channels, [kernel_size], [stride], [0], [dilation], groups, padding_mode) { SamePadding = padding }, bias, device, dtype);

        /// <summary>A convolution over [N, C, H, W].</summary>
        public static Conv2d Conv2d(
            long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                new(in_channels, out_channels, [kernel_size, kernel_size], [stride, stride], [padding, padding], [dilation, dilation],
                    groups, padding_mode),
                bias, device, dtype);

        /// <summary>A convolution over [N, C, H, W] padded by effect.</summary>
        public static Conv2d Conv2d(
            long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                new(in_channels, out_channels, [kernel_size, kernel_size], [stride, stride], [0, 0], [dilation, dilation],
                    groups, padding_mode) { SamePadding = padding },
                bias, device, dtype);

        /// <summary>A convolution over [N, C, H, W].</summary>
        public static Conv2d Conv2d(
            long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long,
            long)? dilation = null,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                new(in_channels, out_channels, Sizes(kernel_size), Sizes(stride, 1), Sizes(padding, 0), Sizes(dilation, 1), groups, padding_mode),
                bias, device, dtype);

        /// <summary>A convolution over [N, C, H, W] padded by effect.</summary>
        public static Conv2d Conv2d(
            long in_channels, long out_channels, (long, long) kernel_size, Padding padding, (long, long)? stride = null, (long, long)? dilation = null,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                new(in_channels, out_channels, Sizes(kernel_size), Sizes(stride, 1), [0, 0], Sizes(dilation, 1),
                    groups, padding_mode) { SamePadding = padding },
                bias, device, dtype);

        /// <summary>A convolution over [N, C, D, H, W].</summary>
        public static Conv3d Conv3d(
            long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                new(in_channels, out_channels,
                    [kernel_size, kernel_size, kernel_size], [stride, stride, stride], [padding, padding, padding], [dilation, dilation, dilation],
                    groups, padding_mode),
                bias, device, dtype);

        /// <summary>A convolution over [N, C, D, H, W] padded by effect.</summary>
        public static Conv3d Conv3d(
            long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                new(in_channels, out_channels, [kernel_size, kernel_size, kernel_size], [stride, stride, stride], [0, 0, 0], [dilation, dilation, dilation],
                    groups, padding_mode) { SamePadding = padding },
                bias, device, dtype);

        /// <summary>A convolution over [N, C, D, H, W].</summary>
        public static Conv3d Conv3d(
            long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long,
            long)? padding = null, (long, long, long)? dilation = null,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                new(in_channels, out_channels, Sizes(kernel_size), Sizes(stride, 1), Sizes(padding, 0), Sizes(dilation, 1), groups, padding_mode),
                bias, device, dtype);

        /// <summary>A convolution over [N, C, D, H, W] padded by effect.</summary>
        public static Conv3d Conv3d(
            long in_channels, long out_channels, (long, long, long) kernel_size, Padding padding, (long, long, long)? stride = null, (long, long,
            long)? dilation = null,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                new(in_channels, out_channels, Sizes(kernel_size), Sizes(stride, 1), [0, 0, 0], Sizes(dilation, 1),
                    groups, padding_mode) { SamePadding = padding },
                bias, device, dtype);

        private static long[] Sizes((long, long) pair) => [pair.Item1, pair.Item2];

        private static long[] Sizes((long, long, long) triple) => [triple.Item1, triple.Item2, triple.Item3];

        private static long[] Sizes((long, long)? pair, long otherwise) => Sizes(pair ?? (otherwise, otherwise));

        private static long[] Sizes((long, long, long)? triple, long otherwise) => Sizes(triple ?? (otherwise, otherwise, otherwise));
    }
}
