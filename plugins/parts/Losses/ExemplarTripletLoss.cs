namespace Parallax.Plugins.Parts;

/// <summary>Triplet losses of a batch that shows every image several times: views of one image shall be nearer to each other than to those of other
/// images.</summary>
/// <remarks>
/// <para><see cref="BatchHard"/>: Zhai et al., "S4L: Self-Supervised Semi-Supervised Learning", ICCV 2019, https://arxiv.org/abs/1905.03670, and its code;
/// the loss of Hermans et al., "In Defense of the Triplet Loss", 2017, https://arxiv.org/abs/1703.07737.</para>
/// <para><see cref="SemiHard"/>: Kolesnikov et al., "Revisiting Self-Supervised Visual Representation Learning", CVPR 2019, https://arxiv.org/abs/1901.09005,
/// whose code calls TensorFlow's; the loss of Schroff et al., "FaceNet", CVPR 2015.</para>
/// <para>Which rows make a triplet is decided without gradients; only the distances of these are differentiated, M D numbers in place of M M D.</para>
/// </remarks>
public static class ExemplarTripletLoss
{
    private const double SmallestSquare = 1e-12;   // the slope of a square root at 0 is infinite

    /// <summary>The furthest row of the same image and the nearest of another one, for every row.</summary>
    /// <param name="z">Embeddings, [M, D] float32, of two images at least.</param>
    /// <param name="images">Which image a row shows, [M] int64.</param>
    /// <returns>The Euclidean distances.</returns>
    /// <exception cref="ArgumentException">The shapes are not [M, D] and [M], or the embeddings are not float32.</exception>
    public static HardestTriplets Hardest(Tensor z, Tensor images)
    {
        Require(z, images);
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var (furthest, nearest) = HardestRows(z, images);   // [M] each

        return new(Distance(z, furthest).MoveToOuterDisposeScope(), Distance(z, nearest).MoveToOuterDisposeScope());

        static Tensor Distance(Tensor z, Tensor rows) => (z - z.index_select(0, rows)).square().sum(1).clamp_min(SmallestSquare).sqrt();   // [M]
    }

    /// <summary>The mean over all rows of f(margin + positive - negative), f(x) = max(0, x), or ln(1 + exp x) where the margin is soft.</summary>
    /// <param name="triplets">Distances of <see cref="Hardest"/>.</param>
    /// <param name="margin">How much nearer, not negative.</param>
    /// <param name="soft">Whether a triplet that is solved still adds a little.</param>
    /// <returns>Scalar, [], float32.</returns>
    public static Tensor BatchHard(HardestTriplets triplets, double margin, bool soft)
    {
        using var scope = NewDisposeScope();
        var gaps = triplets.Positive - triplets.Negative + margin;   // [M]

        return (soft ? F.softplus(gaps) : gaps.relu()).mean().MoveToOuterDisposeScope();   // []
    }

    /// <summary>For every ordered pair of rows of one image, max(0, margin + d(a, p) - d(a, n)) of squared distances, the mean over the pairs. The negative n
    /// is the nearest that is further away than p; where there is none, the furthest of all.</summary>
    /// <param name="z">Embeddings, [M, D] float32, of two images at least and each at least twice.</param>
    /// <param name="images">Which image a row shows, [M] int64.</param>
    /// <param name="margin">How much nearer, not negative. Kolesnikov et al.: 0.5.</param>
    /// <returns>The loss, and the share of pairs that add nothing to it, a fraction in [0, 1] without gradients: scalars, [], float32.</returns>
    /// <exception cref="ArgumentException">The shapes are not [M, D] and [M], or the embeddings are not float32.</exception>
    public static (Tensor Loss, Tensor Solved) SemiHard(Tensor z, Tensor images, double margin)
    {
        Require(z, images);
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var (anchors, positives, negatives) = SemiHardRows(z, images);   // [P] each
        var a = z.index_select(0, anchors);                              // [P, D]
        var gaps = Square(a, z.index_select(0, positives)) - Square(a, z.index_select(0, negatives)) + margin;   // [P]

        return (gaps.relu().mean().MoveToOuterDisposeScope(), gaps.detach().le(0).to(float32).mean().MoveToOuterDisposeScope());   // [] each

        static Tensor Square(Tensor a, Tensor b) => (a - b).square().sum(1);   // [P]
    }

    private static (Tensor Furthest, Tensor Nearest) HardestRows(Tensor z, Tensor images)
    {
        using var noGradients = no_grad();
        var squares = Squares(z);                                       // [M, M]
        var same = images.unsqueeze(1).eq(images);                      // [M, M]

        return (squares.masked_fill(same.logical_not(), -1).argmax(1), squares.masked_fill(same, double.PositiveInfinity).argmin(1));
    }

    private static (Tensor Anchors, Tensor Positives, Tensor Negatives) SemiHardRows(Tensor z, Tensor images)
    {
        using var noGradients = no_grad();
        var squares = Squares(z);                                                                                 // [M, M]
        var same = images.unsqueeze(1).eq(images);                                                                // [M, M]
        var itself = eye(z.shape[0], dtype: ScalarType.Bool, device: z.device);                                   // [M, M]
        var pairs = same.logical_and(itself.logical_not()).nonzero();                                             // [P, 2]
        var (anchors, positives) = (pairs.select(1, 0), pairs.select(1, 1));                                      // [P] each
        var distances = squares.index_select(0, anchors);                                                         // [P, M]
        var own = same.index_select(0, anchors);                                                                  // [P, M]
        var nearer = distances.le(distances.gather(1, positives.unsqueeze(1)));                                   // [P, M]
        var (distance, beyond) = distances.masked_fill(own.logical_or(nearer), double.PositiveInfinity).min(1);   // [P] each
        var furthest = distances.masked_fill(own, -1).argmax(1);                                                  // [P]

        return (anchors, positives, where(distance.isfinite(), beyond, furthest));
    }

    private static Tensor Squares(Tensor z)
    {
        var lengths = z.square().sum(1);   // [M]

        return lengths.unsqueeze(1) + lengths - (2 * z.mm(z.t()));   // [M, M]
    }

    private static void Require(Tensor z, Tensor images)
    {
        Rows.RequireMatrix(z, nameof(z));
        Rows.RequireFloat32(z, nameof(z));
        if (images.shape is not [var count] || count != z.shape[0])
        {
            throw new ArgumentException($"'{nameof(images)}' has the shape [{string.Join(", ", images.shape)}]; expected [{z.shape[0]}].", nameof(images));
        }
    }
}

/// <summary>Distances of every row to the furthest of its own image, and to the nearest of another.</summary>
/// <param name="Positive">[M] float32.</param>
/// <param name="Negative">[M] float32.</param>
public sealed record HardestTriplets(Tensor Positive, Tensor Negative)
{
    /// <summary>The share of rows that add nothing to the loss; of a soft margin, to which every row adds a little, that of rows to which all of their own
    /// image are nearer than any other.</summary>
    /// <param name="margin">That of the loss.</param>
    /// <param name="soft">Whether it is soft.</param>
    /// <returns>Scalar, [], float32, a fraction in [0, 1], without gradients.</returns>
    public Tensor Solved(double margin, bool soft)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var solved = soft ? Positive.lt(Negative) : (Positive - Negative + margin).le(0);   // [M]

        return solved.to(float32).mean().MoveToOuterDisposeScope();   // []
    }
}
