namespace Parallax.Plugins.Parts;

/// <summary>Where a tile lies as seen from one of its eight neighbours: classes 0 1 2 above, 3 and 4 beside, 5 6 7 below, row by row.</summary>
/// <remarks>Doersch et al., "Unsupervised Visual Representation Learning by Context Prediction", ICCV 2015, figure 2,
/// https://arxiv.org/abs/1505.05192.</remarks>
public static class RelativePlace
{
    /// <summary>Number of classes.</summary>
    public const int Count = 8;

    private const int Side = 3, Middle = 4;

    /// <summary>The class of a tile.</summary>
    /// <param name="columns">Columns to the right of the neighbour, -1, 0 or 1.</param>
    /// <param name="rows">Rows below it, -1, 0 or 1; not 0 where the columns are 0.</param>
    public static int Of(int columns, int rows)
    {
        var place = ((rows + 1) * Side) + columns + 1;

        return place > Middle ? place - 1 : place;
    }

    /// <summary>The class of a tile of a 3 x 3 grid whose tiles are numbered row by row from 0.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="neighbour">A neighbour of it.</param>
    public static int Between(int tile, int neighbour) => Of((tile % Side) - (neighbour % Side), (tile / Side) - (neighbour / Side));
}
