using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>Makes the parts of a vision transformer from its shape.</summary>
internal static class TransformerParts
{
    private const double PositionStd = 0.02;

    /// <summary>The blocks, first to last.</summary>
    /// <param name="shape">Widths, depth, layers.</param>
    /// <param name="side">Patches per side of the run's images.</param>
    public static IEnumerable<TransformerBlock> Blocks(TransformerShape shape, int side)
    {
        var tableSide = shape.RelativePositions == ViTRelativePositions.PerBlock ? side : 0;
        foreach (var rate in StochasticDepth.Rates(shape.DropPath, shape.Depth))
        {
            var attention = new SelfAttention(shape.Width, shape.Heads, shape.QkvBias, tableSide, shape.HasClassToken);

            yield return new(shape.Width, attention, Mlp(shape), rate, shape.LayerScale);
        }
    }

    /// <summary>The table of positions, a row for the class token first if there is one; null without positions.</summary>
    /// <param name="shape">Width and kind.</param>
    /// <param name="side">Patches per side of the run's images.</param>
    public static Parameter? Positions(TransformerShape shape, int side)
    {
        switch (shape.Positions)
        {
            case ViTPositions.None:
                return null;
            case ViTPositions.Learned:
                var learned = new Parameter(empty([1, (shape.HasClassToken ? 1 : 0) + ((long)side * side), shape.Width]));
                TruncatedNormal.Fill(learned, PositionStd);

                return learned;
            default:
                var order = shape.Positions == ViTPositions.SinCos ? SineCosineOrder.ColumnFirst : SineCosineOrder.RowFirst;
                var table = PositionTable.SineCosine(shape.Width, side, side, order);   // [1, 1 + L, D]

                return new(shape.HasClassToken ? table : table.narrow(1, 1, (long)side * side).clone(), requires_grad: false);
        }
    }

    private static Module<Tensor, Tensor> Mlp(TransformerShape shape)
    {
        var hidden = (long)(shape.Width * shape.MlpRatio);

        return shape.Mlp == ViTMlp.Swiglu ? new SwiGlu(shape.Width, hidden) : new TokenMlp(shape.Width, hidden, shape.Mlp == ViTMlp.GeluTanh);
    }
}
