namespace Parallax.Plugins.Parts;

/// <summary>Draws histograms of oriented gradients: in every cell a line along the edge of each direction, as bright as its bin.</summary>
public static class GradientPictures
{
    /// <summary>Side of a drawn cell in pixels.</summary>
    public const int CellSide = 8;

    /// <summary>Draws, the mean over the channels.</summary>
    /// <param name="histograms">[N, C, bins, h, w], bins over half a turn as in <see cref="OrientedGradients"/>; negative values are drawn as 0.</param>
    /// <returns>[N, 1, 8 h, 8 w] float32 in [0, 1].</returns>
    public static Tensor Draw(Tensor histograms)
    {
        using var scope = NewDisposeScope();
        var (n, bins, h, w) = (histograms.shape[0], histograms.shape[2], histograms.shape[3], histograms.shape[4]);
        var weights = histograms.to(float32).clamp_min(0).mean([1]).permute(0, 2, 3, 1);                              // [N, h, w, bins]
        var cells = weights.matmul(Lines(bins, histograms.device)).clamp_max(1).reshape(n, h, w, CellSide, CellSide);   // [N, h, w, 8, 8]

        return cells.permute(0, 1, 3, 2, 4).reshape(n, 1, h * CellSide, w * CellSide).MoveToOuterDisposeScope();      // [N, 1, 8 h, 8 w]
    }

    // The gradient of bin k points to (sin, cos) of its middle, in columns and rows; the edge is perpendicular to it. [bins, 8 * 8]
    private static Tensor Lines(long bins, Device device)
    {
        var angle = (arange(bins, dtype: float32, device: device) + 0.5f).mul(Math.PI / bins).view(-1, 1, 1);         // [bins, 1, 1]
        var place = arange(CellSide, dtype: float32, device: device) - ((CellSide - 1) / 2f);                         // [8]
        var distance = (angle.sin() * place.view(1, 1, -1)) + (angle.cos() * place.view(1, -1, 1));                   // [bins, 8, 8]

        return (1 - distance.abs()).clamp_min(0).flatten(1);                                                          // [bins, 64]
    }
}
