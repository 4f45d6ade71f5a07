namespace Parallax.Plugins.Parts;

/// <summary>Dense optical flow between neighbouring frames by polynomial expansion, coarse to fine, by tensor operations on the frames' device.</summary>
/// <remarks>
/// <para>Farnebäck, "Two-Frame Motion Estimation Based on Polynomial Expansion", SCIA 2003, sections 3 and 4. A quadratic f1(x) = xᵀ A x + b1ᵀ x + c that moves
/// by d becomes f2(x) = f1(x - d) with b2 = b1 - 2 A d, so A d = (b1 - b2) / 2. This is solved for every pixel over a Gaussian window, from the displacement
/// known so far, on a pyramid of halved images.</para>
/// <para>Differs from the paper: b2 and A2 are interpolated at x + d instead of read at the nearest pixel, and where the window has too little structure to
/// tell the displacement, the one of the coarser level stays.</para>
/// <para>Of a photograph of 112 pixels nine in ten pixels are right to half a pixel at motions up to 9 pixels; at 15 pixels half of them still are.</para>
/// </remarks>
/// <param name="SmallestSide">The pyramid ends before a side would be shorter, in pixels.</param>
/// <param name="Iterations">Times that the displacement is solved on each level.</param>
internal sealed record OpticalFlow(int SmallestSide = 16, int Iterations = 3)
{
    private const double Steady = 1e-2;   // curvature of grey values, squared, below which a window tells nothing

    private static readonly GaussianFilter _expansion = new(Radius: 3, Sigma: 1.2);
    private static readonly GaussianFilter _window = new(Radius: 7, Sigma: 3);
    private static readonly GaussianFilter _blur = new(Radius: 2, Sigma: 0.8);

    /// <summary>The flow from each frame to the next.</summary>
    /// <param name="luma">Grey values in [0, 255], [N, T, H, W], T at least 2.</param>
    /// <returns>Displacement to the right and downwards in pixels, [N, 2, T - 1, H, W] float32, without gradients: what is at x in a frame is at x + flow in
    /// the next.</returns>
    /// <exception cref="ArgumentException">The tensor is not [N, T, H, W] with two frames at least.</exception>
    public Tensor Of(Tensor luma)
    {
        if (luma.shape is not [_, >= 2, _, _])
        {
            throw new ArgumentException(
                $"'{nameof(luma)}' has the shape [{string.Join(", ", luma.shape)}]; expected grey clips, [N, T, H, W], of two frames at least.", nameof(luma));
        }

        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var (count, pairs) = (luma.shape[0], luma.shape[1] - 1);
        var frames = luma.to(float32);
        var flow = Between(Frames(0), Frames(1));   // [N (T - 1), 2, H, W]

        return FrameBatch.ToClips(flow, pairs).contiguous().MoveToOuterDisposeScope();   // [N, 2, T - 1, H, W]

        Tensor Frames(long start) => frames.narrow(1, start, pairs).reshape(count * pairs, 1, luma.shape[2], luma.shape[3]);   // [N (T - 1), 1, H, W]
    }

    private Tensor Between(Tensor first, Tensor second)
    {
        var (height, width) = (first.shape[2], first.shape[3]);
        var flow = Math.Min(height, width) / 2 < SmallestSide
            ? zeros([first.shape[0], 2, height, width], dtype: float32, device: first.device)
            : 2 * F.interpolate(Between(Halved(first), Halved(second)), [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
        var (one, other) = (QuadraticExpansion.Of(first, _expansion), QuadraticExpansion.Of(second, _expansion));
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            flow = Solved(one, new(Moved(other.Coefficients, flow)), flow);
        }

        return flow;   // [M, 2, H, W]
    }

    private static Tensor Halved(Tensor images) => F.avg_pool2d(_blur.Moment(images), [2, 2], [2, 2]);   // [M, 1, H / 2, W / 2]

    /// <summary>What lies at x + d, for every pixel x.</summary>
    private static Tensor Moved(Tensor maps, Tensor flow)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (maps.shape[2], maps.shape[3]);
        var x = arange(width, dtype: float32, device: maps.device).view(1, 1, width) + flow.select(1, 0);    // [M, H, W]
        var y = arange(height, dtype: float32, device: maps.device).view(1, height, 1) + flow.select(1, 1);  // [M, H, W]
        var grid = stack([(((2 * x) + 1) / width) - 1, (((2 * y) + 1) / height) - 1], 3);                    // [M, H, W, 2]

        return F.grid_sample(maps, grid, padding_mode: GridSamplePaddingMode.Border, align_corners: false).MoveToOuterDisposeScope();
    }

    /// <summary>One least squares solution over the window, (sum of AᵀA) d = sum of Aᵀ (b1 - b2) / 2 + Aᵀ A d0.</summary>
    private static Tensor Solved(QuadraticExpansion one, QuadraticExpansion moved, Tensor known)
    {
        using var scope = NewDisposeScope();
        var a = ((one.Quadratic + moved.Quadratic) / 2).unbind(1);                            // three of [M, H, W]: xx, xy, yy
        var (xx, xy, yy) = (a[0], a[1], a[2]);
        var (u, v) = (known.select(1, 0), known.select(1, 1));                                // [M, H, W] each
        var half = (one.Linear - moved.Linear) / 2;                                           // [M, 2, H, W]
        var right = half.select(1, 0) + (xx * u) + (xy * v);                                  // [M, H, W]
        var down = half.select(1, 1) + (xy * u) + (yy * v);                                   // [M, H, W]
        var sums = _window.Moment(stack(
            [xx.square() + xy.square(), xy * (xx + yy), xy.square() + yy.square(), (xx * right) + (xy * down), (xy * right) + (yy * down)], 1)).unbind(1);
        var (gxx, gxy, gyy) = (sums[0] + Steady, sums[1], sums[2] + Steady);                  // [M, H, W] each
        var (hx, hy) = (sums[3] + (Steady * u), sums[4] + (Steady * v));
        var determinant = (gxx * gyy) - gxy.square();                                         // positive

        return stack([((gyy * hx) - (gxy * hy)) / determinant, ((gxx * hy) - (gxy * hx)) / determinant], 1).MoveToOuterDisposeScope();   // [M, 2, H, W]
    }
}
