namespace Parallax.Plugins.Parts;

/// <summary>Which coordinate the first half of a fixed position table encodes.</summary>
public enum SineCosineOrder
{
    /// <summary>The column first, as MAE.</summary>
    ColumnFirst,

    /// <summary>The row first, as MoCo v3; of a square grid the transpose of the other.</summary>
    RowFirst,
}
