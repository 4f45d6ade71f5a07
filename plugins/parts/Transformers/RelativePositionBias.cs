namespace Parallax.Plugins.Parts;

/// <summary>One table of relative positions for all blocks of a transformer. State-dictionary names are BEiT's: <c>relative_position_bias_table</c>,
/// <c>relative_position_index</c>.</summary>
/// <remarks>Bao et al., "BEiT: BERT Pre-Training of Image Transformers", ICLR 2022, https://arxiv.org/abs/2106.08254, the authors' code.</remarks>
public sealed class RelativePositionBias : Module<Tensor, Tensor>
{
    private readonly Parameter relative_position_bias_table;
    private readonly Tensor relative_position_index;

    /// <summary>Makes the table.</summary>
    /// <param name="side">Side g of the grid of patches that the table covers.</param>
    /// <param name="heads">Heads H of the attention.</param>
    /// <param name="hasClassToken">Whether a class token comes before the patches.</param>
    public RelativePositionBias(long side, long heads, bool hasClassToken)
        : base(nameof(RelativePositionBias))
    {
        relative_position_bias_table = RelativePositions.Table(side, heads, hasClassToken);
        relative_position_index = RelativePositions.Index(side, side, side, hasClassToken);
        RegisterComponents();
    }

    /// <summary>What is added to the products of attention.</summary>
    /// <param name="input">Rows of the table, [1 or N, L, M] int64.</param>
    /// <returns>[1 or N, H, L, M].</returns>
    public override Tensor forward(Tensor input) => RelativePositions.Bias(relative_position_bias_table, input);
}
