namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Convolution over [N, C, L].</summary>
            public static Tensor conv1d(
                Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null, long groups = 1) =>
                Ops.conv1d(input, weight, bias, [stride ?? 1], [padding ?? 0], [dilation ?? 1], groups);

            /// <summary>Convolution over [N, C, L] padded by effect.</summary>
            public static Tensor conv1d_padding(
                Tensor input, Tensor weight, Tensor? bias = null,
                long? stride = null, Padding padding = Padding.Valid, long? dilation = null, long groups = 1) =>
                Ops.conv1d_padding(input, weight, bias, [stride ?? 1], Name(padding), [dilation ?? 1], groups);

            /// <summary>Convolution over [N, C, H, W].</summary>
            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Ops.conv2d(input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], dilation ?? [1, 1], groups);

            /// <summary>Convolution over [N, C, H, W] padded by effect.</summary>
            public static Tensor conv2d_padding(
                Tensor input, Tensor weight, Tensor? bias = null,
                long[]? strides = null, Padding padding = Padding.Valid, long[]? dilation = null, long groups = 1) =>
                Ops.conv2d_padding(input, weight, bias, strides ?? [1, 1], Name(padding), dilation ?? [1, 1], groups);

            /// <summary>Convolution over [N, C, D, H, W].</summary>
            public static Tensor conv3d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Ops.conv3d(input, weight, bias, strides ?? [1, 1, 1], padding ?? [0, 0, 0], dilation ?? [1, 1, 1], groups);

            /// <summary>Convolution over [N, C, D, H, W] padded by effect.</summary>
            public static Tensor conv3d_padding(
                Tensor input, Tensor weight, Tensor? bias = null,
                long[]? strides = null, Padding padding = Padding.Valid, long[]? dilation = null, long groups = 1) =>
                Ops.conv3d_padding(input, weight, bias, strides ?? [1, 1, 1], Name(padding), dilation ?? [1, 1, 1], groups);

            /// <summary>Transposed convolution over [N, C, L].</summary>
            public static Tensor conv_transpose1d(
                Tensor input, Tensor weight, Tensor? bias = null,
                long? stride = null, long? padding = null, long? output_padding = null, long? dilation = null, long groups = 1) =>
                Ops.conv_transpose1d(input, weight, bias, [stride ?? 1], [padding ?? 0], [output_padding ?? 0], groups, [dilation ?? 1]);

            /// <summary>Transposed convolution over [N, C, H, W].</summary>
            public static Tensor conv_transpose2d(
                Tensor input, Tensor weight, Tensor? bias = null,
                long[]? strides = null, long[]? padding = null, long[]? output_padding = null, long[]? dilation = null, long groups = 1) =>
                Ops.conv_transpose2d_input(input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], output_padding ?? [0, 0], groups, dilation ?? [1, 1]);

            /// <summary>Transposed convolution over [N, C, D, H, W].</summary>
            public static Tensor conv_transpose3d(
                Tensor input, Tensor weight, Tensor? bias = null,
                long[]? strides = null, long[]? padding = null, long[]? output_padding = null, long[]? dilation = null, long groups = 1) =>
                Ops.conv_transpose3d_input(
                    input, weight, bias, strides ?? [1, 1, 1], padding ?? [0, 0, 0], output_padding ?? [0, 0, 0], groups, dilation ?? [1, 1, 1]);

            private static string Name(Padding padding) => padding == Padding.Same ? "same" : "valid";
        }
    }
}
