namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A transposed convolution over [N, C, L].</summary>
        public static ConvTranspose1d ConvTranspose1d(
            long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                new(in_channels, out_channels, [kernel_size], [stride], [padding], [dilation], groups, padding_mode) { OutputPadding = [output_padding] },
                bias, device, dtype);

        /// <summary>A transposed convolution over [N, C, H, W].</summary>
        public static ConvTranspose2d ConvTranspose2d(
            long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                new(in_channels, out_channels, [kernel_size, kernel_size], [stride, stride], [padding, padding], [dilation, dilation],
                    groups, padding_mode) { OutputPadding = [output_padding, output_padding] },
                bias, device, dtype);

        /// <summary>A transposed convolution over [N, C, H, W].</summary>
        public static ConvTranspose2d ConvTranspose2d(
            long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long,
            long)? output_padding = null, (long, long)? dilation = null,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                new(in_channels, out_channels, Sizes(kernel_size), Sizes(stride, 1), Sizes(padding, 0), Sizes(dilation, 1),
                    groups, padding_mode) { OutputPadding = Sizes(output_padding, 0) },
                bias, device, dtype);

        /// <summary>A transposed convolution over [N, C, D, H, W].</summary>
        public static ConvTranspose3d ConvTranspose3d(
            long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                new(in_channels, out_channels,
                    [kernel_size, kernel_size, kernel_size], [stride, stride, stride], [padding, padding, padding], [dilation, dilation, dilation],
                    groups, padding_mode) { OutputPadding = [output_padding, output_padding, output_padding] },
                bias, device, dtype);

        /// <summary>A transposed convolution over [N, C, D, H, W].</summary>
        public static ConvTranspose3d ConvTranspose3d(
            long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long,
            long)? padding = null, (long, long, long)? output_padding = null, (long, long, long)? dilation = null,
            PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
            new(
                new(in_channels, out_channels, Sizes(kernel_size), Sizes(stride, 1), Sizes(padding, 0), Sizes(dilation, 1),
                    groups, padding_mode) { OutputPadding = Sizes(output_padding, 0) },
                bias, device, dtype);
    }
}
