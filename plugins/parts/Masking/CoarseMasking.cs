namespace Parallax.Plugins.Parts;

/// <summary>Hides squares of 2 x 2 patches, drawn without replacement on the coarser grid.</summary>
/// <remarks>
/// Huang et al., "Contrastive Masked Autoencoders are Stronger Vision Learners", TPAMI 2023, https://arxiv.org/abs/2207.13532, as in the authors' code:
/// squares are sorted by noise, the first int((L / 4) (1 - ratio)) stay, and their patches are encoded row by row.
/// </remarks>
public static class CoarseMasking
{
    /// <summary>Patches per side of a square.</summary>
    public const int SquareSide = 2;

    /// <summary>Masks of images.</summary>
    /// <param name="noise">One value per square, row by row, [N, L / 4] float32; the squares fill a square grid.</param>
    /// <param name="ratio">Share of the squares that is hidden, a fraction in [0, 1).</param>
    /// <returns>The masks of all L patches, on the device of the noise.</returns>
    /// <exception cref="ArgumentException">The number of squares is no square number.</exception>
    public static PatchMask Of(Tensor noise, double ratio)
    {
        var (images, squares) = (noise.shape[0], noise.shape[1]);
        var side = (long)Math.Sqrt(squares);
        if (side * side != squares)
        {
            throw new ArgumentException($"'{nameof(noise)}' has {squares} values per image; expected a square number, one per 2 x 2 patches.", nameof(noise));
        }

        using var scope = NewDisposeScope();
        var hidden = RandomMasking.Of(noise, ratio).Hidden.view(images, side, side)
            .repeat_interleave(SquareSide, 1).repeat_interleave(SquareSide, 2).flatten(1);                 // [N, L]
        var order = hidden.sort(1, stable: true).Indices;                                                     // [N, L], visible ones first, row by row
        var kept = SquareSide * SquareSide * RandomMasking.Visible(squares, ratio);

        return new(
            order.narrow(1, 0, kept).contiguous().MoveToOuterDisposeScope(), order.argsort(1).MoveToOuterDisposeScope(), hidden.MoveToOuterDisposeScope());
    }
}
