namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Resizes the spatial dimensions of [N, C, ...].</summary>
            /// <param name="x">Images.</param>
            /// <param name="size">New spatial sizes; or give <paramref name="scale_factor"/>.</param>
            /// <param name="scale_factor">Factor per spatial dimension, or one for all.</param>
            /// <param name="mode">How values between pixels are made.</param>
            /// <param name="align_corners">Whether corner pixels keep their place; for the linear and cubic modes. False by default.</param>
            /// <param name="recompute_scale_factor">Whether the scale is computed again from the rounded size.</param>
            /// <param name="antialias">Blur before shrinking; for bilinear and bicubic.</param>
            public static Tensor interpolate(
                Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest,
                bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
            {
                var dimensions = (int)x.dim() - 2;
                if ((size is null) == (scale_factor is null))
                {
                    throw new ArgumentException("interpolate needs either size or scale_factor, and not both.", nameof(size));
                }

                var sizes = size is { Length: 1 } ? Same(size[0], dimensions) : size;
                var scales = scale_factor is { Length: 1 } ? [.. Enumerable.Repeat(scale_factor[0], dimensions)] : scale_factor;
                RequireOnePerDimension(sizes?.Length ?? scales!.Length, dimensions, x);
                if (scales is not null && (recompute_scale_factor || mode == InterpolationMode.Area))
                {
                    sizes = [.. scales.Select((scale, d) => (long)Math.Floor(x.size(d + 2) * scale))];
                    scales = null;
                }

                return Resize(x, dimensions, sizes, scales, mode, align_corners, antialias);
            }

            private static Tensor Resize(
                Tensor x, int dimensions, long[]? size, double[]? scale, InterpolationMode mode, bool? alignCorners, bool antialias)
            {
                var interpolates = mode is InterpolationMode.Linear or InterpolationMode.Bilinear or InterpolationMode.Bicubic or InterpolationMode.Trilinear;
                if (alignCorners is not null && !interpolates)
                {
                    throw new ArgumentException($"align_corners has a meaning for the linear and cubic modes only, not for {mode}.", nameof(alignCorners));
                }

                if (antialias && mode is not (InterpolationMode.Bilinear or InterpolationMode.Bicubic))
                {
                    throw new ArgumentException($"antialias works with Bilinear and Bicubic only, not with {mode}.", nameof(antialias));
                }

                var align = alignCorners ?? false;
                return (mode, dimensions) switch
                {
                    (InterpolationMode.Nearest, 1) => Ops.upsample_nearest1d_vec(x, size, scale),
                    (InterpolationMode.Nearest, 2) => Ops.upsample_nearest2d_vec(x, size, scale),
                    (InterpolationMode.Nearest, 3) => Ops.upsample_nearest3d_vec(x, size, scale),
                    (InterpolationMode.NearestExact, 2) => Ops._upsample_nearest_exact2d_vec(x, size, scale),
                    (InterpolationMode.Area, 1) => adaptive_avg_pool1d(x, size![0]),
                    (InterpolationMode.Area, 2) => adaptive_avg_pool2d(x, size!),
                    (InterpolationMode.Area, 3) => adaptive_avg_pool3d(x, size!),
                    (InterpolationMode.Linear, 1) => Ops.upsample_linear1d_vec(x, size, align, scale),
                    (InterpolationMode.Bilinear, 2) when antialias => Ops._upsample_bilinear2d_aa_vec(x, size, align, scale),
                    (InterpolationMode.Bilinear, 2) => Ops.upsample_bilinear2d_vec(x, size, align, scale),
                    (InterpolationMode.Bicubic, 2) when antialias => Ops._upsample_bicubic2d_aa_vec(x, size, align, scale),
                    (InterpolationMode.Bicubic, 2) => Ops.upsample_bicubic2d_vec(x, size, align, scale),
                    (InterpolationMode.Trilinear, 3) => Ops.upsample_trilinear3d_vec(x, size, align, scale),
                    _ => throw new ArgumentException($"Mode {mode} does not fit an input of shape [{string.Join(", ", x.shape)}].", nameof(mode)),
                };
            }

            private static void RequireOnePerDimension(int given, int dimensions, Tensor x)
            {
                if (given != dimensions)
                {
                    throw new ArgumentException(
                        $"Expected 1 or {dimensions} sizes for the spatial dimensions of [{string.Join(", ", x.shape)}], got {given}.", nameof(given));
                }
            }
        }
    }
}
