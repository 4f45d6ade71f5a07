namespace Parallax.Plugins.Parts;

/// <summary>The upper half of the symmetric matrix e_ij = exp(z_i·z_j / T), tile by tile, each small enough for the processor's cache.</summary>
/// <param name="Z">[N, D] float32, rows of length one.</param>
/// <param name="Temperature">Divisor T of the dot products.</param>
/// <param name="LeftOut">Pairs that are 0, for each its mirror image too.</param>
/// <param name="Kept">The first tiles, kept from the first visit to the second, [t, side * side]; the others are computed again.</param>
/// <remarks>
/// Rows of length one have logits within ±1 / T, so no largest logit has to be subtracted, and tiles do not depend on each other.
/// </remarks>
internal sealed record SymmetricTiles(Tensor Z, double Temperature, IReadOnlyList<Diagonal> LeftOut, Tensor Kept)
{
    private const long Side = 256, MostKept = 192;   // 192 tiles of 256 KiB

    /// <summary>A range of rows.</summary>
    public readonly record struct Block(long Start, long Count)
    {
        public Tensor Of(Tensor tensor) => tensor.narrow(0, Start, Count);
    }

    /// <summary>Room for the tiles of a batch that are kept.</summary>
    public static Tensor RoomFor(long rows)
    {
        var (blocks, side) = ((rows + Side - 1) / Side, Math.Min(Side, rows));

        return empty([Math.Min(MostKept, blocks * (blocks + 1) / 2), side * side]);
    }

    /// <summary>Visits each tile with its rows and columns; columns never lie before rows. What a visit makes ends with it.</summary>
    /// <param name="isFirst">Whether kept tiles have to be computed.</param>
    /// <param name="visit">Must not change the tile.</param>
    public void ForEach(bool isFirst, Action<Block, Block, Tensor> visit)
    {
        using var scope = NewDisposeScope();
        var (count, side, tiles) = (Z.shape[0], Math.Min(Side, Z.shape[0]), 0L);
        var buffer = empty(side * side);
        for (var start = 0L; start < count; start += Side)
        {
            using var ofRows = NewDisposeScope();
            var rows = new Block(start, Math.Min(Side, count - start));
            var scaled = rows.Of(Z) / Temperature;                                          // [n, D]
            for (var at = start; at < count; at += Side)
            {
                using var ofTile = NewDisposeScope();
                var columns = new Block(at, Math.Min(Side, count - at));
                var isKept = tiles < Kept.shape[0];
                var memory = isKept ? Kept.select(0, tiles) : buffer;
                var tile = memory.narrow(0, 0, rows.Count * columns.Count).view(rows.Count, columns.Count);   // [n, m]
                if (isFirst || !isKept)
                {
                    Fill(tile, scaled, rows, columns);
                }

                visit(rows, columns, tile);
                tiles++;
            }
        }
    }

    private void Fill(Tensor tile, Tensor scaled, Block rows, Block columns)
    {
        tile.addmm_(scaled, columns.Of(Z).t(), beta: 0, alpha: 1).exp_();
        foreach (var piece in LeftOut)
        {
            piece.Fill(tile, rows.Start, columns.Start, 0);
        }
    }
}
