namespace Parallax.Plugins.Parts;

/// <summary>What redundancy losses need of P = aᵀb, [D, D]: its diagonal, and the sum of the squares beside it.</summary>
/// <param name="Diagonal">P_ii, [D].</param>
/// <param name="OffDiagonalSquares">Sum over i ≠ j of P_ij², [].</param>
/// <remarks>
/// With fewer images N than features D, the sum of all squares is taken of matrices of the images: |aᵀb|² = tr(aᵀb bᵀa) = sum over m, n of
/// (a aᵀ)_mn (b bᵀ)_mn, in [N, N] and in 2 N² D products instead of N D²; see Garrido et al., "On the Duality Between Contrastive and Non-Contrastive
/// Self-Supervised Learning",
/// ICLR 2023, https://arxiv.org/abs/2206.02574. The squares of the diagonal are then subtracted: they are a small part, since P has rank N &lt; D.
/// </remarks>
internal readonly record struct SquaredProduct(Tensor Diagonal, Tensor OffDiagonalSquares)
{
    private const long SmallestWidth = 1024;   // measured: below, [D, D] costs little

    /// <summary>Computes both; gradients pass.</summary>
    /// <param name="a">[N, D] float32.</param>
    /// <param name="b">[N, D] float32; may be <paramref name="a"/>.</param>
    public static SquaredProduct Of(Tensor a, Tensor b)
    {
        var (images, width) = (a.shape[0], a.shape[1]);
        if (width < SmallestWidth || images >= width)
        {
            var product = a.t().matmul(b);                                        // [D, D]
            var self = eye(width, dtype: @bool, device: a.device);                // [D, D]

            return new(product.diagonal(), product.masked_fill(self, 0).square().sum());
        }

        var diagonal = (a * b).sum([0]);                                          // [D]
        var (ofA, ofB) = (a.matmul(a.t()), b.matmul(b.t()));                      // [N, N]

        return new(diagonal, (ofA * ofB).sum() - diagonal.square().sum());
    }
}
