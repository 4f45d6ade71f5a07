namespace Parallax.Plugins.Parts;

/// <summary>A learned number per head and displacement between two patches, added to the products of attention. State-dictionary names are BEiT's:
/// <c>relative_position_bias_table</c>, <c>relative_position_index</c>.</summary>
/// <remarks>
/// Bao et al., "BEiT: BERT Pre-Training of Image Transformers", ICLR 2022, https://arxiv.org/abs/2106.08254, the authors' code: one table for each block, or one
/// for all; the class token has three entries of its own, to patches, from patches and to itself. Starts at 0.
/// </remarks>
public sealed class RelativePositionBias : Module<Tensor, Tensor>
{
    private readonly Parameter relative_position_bias_table;
    private readonly Tensor relative_position_index;
    private readonly long _side;
    private readonly bool _hasClassToken;

    /// <summary>Makes the table.</summary>
    /// <param name="side">Side g of the grid of patches that the table covers.</param>
    /// <param name="heads">Heads H of the attention.</param>
    /// <param name="hasClassToken">Whether a class token comes before the patches.</param>
    public RelativePositionBias(long side, long heads, bool hasClassToken)
        : base(nameof(RelativePositionBias))
    {
        (_side, _hasClassToken) = (side, hasClassToken);
        relative_position_bias_table = new Parameter(zeros([RelativePositions.Count(side) + (hasClassToken ? RelativePositions.ClassTokenEntries : 0), heads]));
        relative_position_index = RelativePositions.Index(side, side, side, hasClassToken);
        RegisterComponents();
    }

    /// <summary>What is added to the products of all patches of a grid.</summary>
    /// <param name="height">Rows of patches, at most g.</param>
    /// <param name="columns">Columns of patches, at most g.</param>
    /// <returns>[1, H, T, T], queries then keys: T is all patches, and the class token before them.</returns>
    /// <exception cref="ArgumentException">The grid is larger than the table.</exception>
    public Tensor Of(long height, long columns)
    {
        using var scope = NewDisposeScope();

        return call(Index(height, columns)).unsqueeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>What is added to the products of some patches.</summary>
    /// <param name="height">Rows of patches, at most g.</param>
    /// <param name="columns">Columns of patches, at most g.</param>
    /// <param name="queries">[N, Q] int64: patches that attend, counted row by row.</param>
    /// <param name="keys">[N, K] int64: patches that are attended to.</param>
    /// <returns>[N, H, Q', K']: with the class token before them, if there is one.</returns>
    /// <exception cref="ArgumentException">The grid is larger than the table.</exception>
    public Tensor Of(long height, long columns, Tensor queries, Tensor keys)
    {
        using var scope = NewDisposeScope();
        var index = Index(height, columns);                                    // [T, T]
        var (rows, places) = (Tokens(queries), Tokens(keys));                  // [N, Q'], [N, K']
        var flat = (rows.unsqueeze(2) * index.shape[1]) + places.unsqueeze(1);   // [N, Q', K']

        return call(index.take(flat)).MoveToOuterDisposeScope();
    }

    /// <summary>Looks entries up.</summary>
    /// <param name="input">[..., Q, K] int64, rows of the table.</param>
    /// <returns>[..., H, Q, K].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var entries = relative_position_bias_table.index_select(0, input.flatten()).view([.. input.shape, relative_position_bias_table.shape[1]]);

        return entries.movedim([-1], [-3]).MoveToOuterDisposeScope();   // from [..., Q, K, H]
    }

    private Tensor Index(long height, long columns) => height == _side && columns == _side ? relative_position_index
        : height <= _side && columns <= _side
            ? RelativePositions.Index(_side, height, columns, _hasClassToken).to(relative_position_bias_table.device)
            : throw new ArgumentException($"A table of relative positions for {_side} x {_side} patches does not cover {height} x {columns}. "
                + "Take images that are no larger than data.imageSize.", nameof(height));

    private Tensor Tokens(Tensor patches) => _hasClassToken ? cat([zeros_like(patches.narrow(1, 0, 1)), patches + 1], 1) : patches;
}
