namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Pads the last dimensions: [last before, last after, second to last before, ...].</summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                F.pad(input, pad.AsSpan(), mode, value);

            /// <summary>Pads the last dimensions: [last before, last after, second to last before, ...].</summary>
            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode switch
            {
                PaddingModes.Reflect => Ops.pad(input, pad, "reflect"),
                PaddingModes.Replicate => Ops.pad(input, pad, "replicate"),
                PaddingModes.Circular => Ops.pad(input, pad, "circular"),
                _ => Ops.pad(input, pad, "constant", mode == PaddingModes.Zeros ? 0 : value),
            };

            /// <summary>Pads the last dimension.</summary>
            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                F.pad(input, [pad.Item1, pad.Item2], mode, value);

            /// <summary>Pads the last two dimensions: left, right, top, bottom.</summary>
            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                F.pad(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            /// <summary>Pads the last dimension equally on both sides.</summary>
            public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                F.pad(input, [pad, pad], mode, value);

            /// <summary>Reads images at given points.</summary>
            /// <param name="input">[N, C, H, W].</param>
            /// <param name="grid">[N, H', W', 2], x then y, each from -1 to 1.</param>
            /// <param name="mode">How values between pixels are made.</param>
            /// <param name="padding_mode">What is outside the image.</param>
            /// <param name="align_corners">Whether -1 and 1 are the centers of the corner pixels rather than their edges; false by default.</param>
            public static Tensor grid_sample(
                Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear,
                GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null)
            {
                var interpolation = mode == GridSampleMode.Bilinear ? 0 : 1;
                var outside = padding_mode switch { GridSamplePaddingMode.Zeros => 0, GridSamplePaddingMode.Border => 1, _ => 2 };
                return Ops.grid_sampler(input, grid, interpolation, outside, align_corners ?? false);
            }

            /// <summary>Points of an affine map, for <c>grid_sample</c>.</summary>
            /// <param name="theta">[N, 2, 3].</param>
            /// <param name="size">Sizes of the image to make, [N, C, H, W].</param>
            /// <param name="align_corners">As for <c>grid_sample</c>.</param>
            public static Tensor affine_grid(Tensor theta, long[]? size = null, bool align_corners = false) =>
                Ops.affine_grid_generator(theta, size ?? throw new ArgumentNullException(nameof(size)), align_corners);

            /// <summary>Moves channels into space: [N, C r r, H, W] to [N, C, H r, W r].</summary>
            public static Tensor pixel_shuffle(Tensor input, long upscale_factor) => Ops.pixel_shuffle(input, upscale_factor);

            /// <summary>Moves space into channels: [N, C, H r, W r] to [N, C r r, H, W].</summary>
            public static Tensor pixel_unshuffle(Tensor input, long downscale_factor) => Ops.pixel_unshuffle(input, downscale_factor);

            /// <summary>Patches as columns: [N, C, H, W] to [N, C k k, patches].</summary>
            public static Tensor unfold(Tensor input, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                Ops.im2col(input, Same(kernel_size, 2), Same(dilation, 2), Same(padding, 2), Same(stride, 2));

            /// <summary>Patches as columns: [N, C, H, W] to [N, C k k, patches].</summary>
            public static Tensor unfold(
                Tensor input, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null, (long, long)? stride = null) =>
                Ops.im2col(input, Sizes(kernel_size), Sizes(dilation, 1), Sizes(padding, 0), Sizes(stride, 1));

            /// <summary>Sum of patches: [N, C k k, patches] to [N, C, H, W].</summary>
            public static Tensor fold(Tensor input, long output_size, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                Ops.col2im(input, Same(output_size, 2), Same(kernel_size, 2), Same(dilation, 2), Same(padding, 2), Same(stride, 2));

            /// <summary>Sum of patches: [N, C k k, patches] to [N, C, H, W].</summary>
            public static Tensor fold(
                Tensor input, (long, long) output_size, (long, long) kernel_size,
                (long, long)? dilation = null, (long, long)? padding = null, (long, long)? stride = null) =>
                Ops.col2im(input, Sizes(output_size), Sizes(kernel_size), Sizes(dilation, 1), Sizes(padding, 0), Sizes(stride, 1));
        }
    }
}
