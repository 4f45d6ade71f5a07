namespace Parallax.Plugins.Parts;

/// <summary>What redundancy losses need of P = aᵀb, [D, D]: its diagonal, and the sum of the squares beside it.</summary>
/// <param name="Diagonal">P_ii, [D].</param>
/// <param name="OffDiagonalSquares">Sum over i ≠ j of P_ij², [].</param>
/// <remarks>
/// With fewer images N than features D, the sum of all squares is taken of matrices of the images: |aᵀb|² = tr(aᵀb bᵀa) = sum over m, n of
/// (a aᵀ)_mn (b bᵀ)_mn, in [N, N] and in 2 N² D products instead of N D²; see Garrido et al., "On the Duality Between Contrastive and Non-Contrastive
/// Self-Supervised Learning", ICLR 2023, https://arxiv.org/abs/2206.02574. The squares of the diagonal are then subtracted, both sums in float64. For columns
/// of similar scale they are a small part, since P has rank N &lt; D. One column of a far larger scale makes them nearly all, and what is left would be
/// rounding: P is written out then.
/// </remarks>
internal readonly record struct SquaredProduct(Tensor Diagonal, Tensor OffDiagonalSquares)
{
    private const long SmallestWidth = 1024;   // measured: below, [D, D] costs little
    private const double LargestShare = 0.99;   // of the diagonal: float32 products leave 1e-5 of what is beside it

    /// <summary>Computes both; gradients pass.</summary>
    /// <param name="a">[N, D] float32.</param>
    /// <param name="b">[N, D] float32; may be <paramref name="a"/>.</param>
    public static SquaredProduct Of(Tensor a, Tensor b)
    {
        var (images, width) = (a.shape[0], a.shape[1]);
        if (width < SmallestWidth || images >= width)
        {
            return WrittenOut(a, b);
        }

        var diagonal = (a * b).sum([0]);                                          // [D]
        var ofImages = a.matmul(a.t()).to(float64) * b.matmul(b.t()).to(float64);   // [N, N]
        var (all, own) = (ofImages.sum(), diagonal.to(float64).square().sum());   // []

        return own.item<double>() > LargestShare * all.item<double>() ? WrittenOut(a, b) : new(diagonal, (all - own).to(float32));
    }

    private static SquaredProduct WrittenOut(Tensor a, Tensor b)
    {
        var product = a.t().matmul(b);                                            // [D, D]
        var self = eye(product.shape[0], dtype: @bool, device: a.device);         // [D, D]

        return new(product.diagonal(), product.masked_fill(self, 0).square().sum());
    }
}
