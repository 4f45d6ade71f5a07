namespace Parallax.Plugins.Parts;

/// <summary>Histograms of oriented gradients (HOG) of images, as MaskFeat predicts them, by tensor operations on the images' device.</summary>
/// <remarks>
/// <para>Wei et al., "Masked Feature Prediction for Self-Supervised Visual Pre-Training", CVPR 2022, section 3, https://arxiv.org/abs/2112.09133, as in its
/// code: Sobel's filters on every channel, borders reflected; a pixel adds the length of its gradient to the bin of its unsigned direction; sums over square
/// cells, of length one over the bins. The direction is atan2(gx, gy), in this order of arguments.</para>
/// <para>At the left and right border the horizontal gradient is exactly zero (<see cref="SobelGradients"/>), so that its bin does not depend on
/// rounding.</para>
/// </remarks>
/// <param name="Bins">Bins of directions over half a turn.</param>
/// <param name="Cell">Side of a cell in pixels.</param>
/// <param name="Window">Side in pixels of tiles in which a Gaussian weighs the pixels, a divisor of the image's sides; 0 weighs none.</param>
public sealed record OrientedGradients(int Bins, int Cell, int Window = 0)
{
    /// <summary>The histograms.</summary>
    /// <param name="images">[N, C, H, W]; pixels beyond the last whole cell are left out.</param>
    /// <returns>[N, C, bins, H / cell, W / cell] float32, without gradients.</returns>
    public Tensor Of(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        using var precision = Precision.Float32();
        var (gx, gy) = SobelGradients.Of(images.to(float32), PaddingModes.Reflect);              // [N, C, H, W] each
        var length = Weighted((gx.square() + gy.square()).sqrt());                               // [N, C, H, W]
        var bin = atan2(gx, gy).div(Math.PI).mul(Bins).floor().to(int64).remainder(Bins);        // [N, C, H, W], 0 to bins - 1
        var sums = Enumerable.Range(0, Bins).Select(wanted => CellSums(length * (bin == wanted)));

        return F.normalize(stack(sums, 2), dim: 2).MoveToOuterDisposeScope();                    // [N, C, bins, h, w]
    }

    /// <summary>The histograms of every patch as one row.</summary>
    /// <param name="histograms">What <see cref="Of"/> gave.</param>
    /// <param name="cellsPerPatch">Cells per side of a patch.</param>
    /// <returns>[N, L, C bins cells²]: channel, bin, row of the cell, column of the cell.</returns>
    public static Tensor Rows(Tensor histograms, int cellsPerPatch)
    {
        using var scope = NewDisposeScope();
        var (n, values) = (histograms.shape[0], histograms.shape[1] * histograms.shape[2]);
        var (h, w, cells) = (histograms.shape[3] / cellsPerPatch, histograms.shape[4] / cellsPerPatch, (long)cellsPerPatch);
        var grid = histograms.reshape(n, values, h, cells, w, cells).permute(0, 2, 4, 1, 3, 5);   // [N, h, w, C bins, cells, cells]

        return grid.reshape(n, h * w, values * cells * cells).MoveToOuterDisposeScope();          // [N, L, C bins cells²]
    }

    /// <summary>The inverse of <see cref="Rows"/>, over a square of patches.</summary>
    /// <param name="rows">[N, L, C bins cells²], L a square number.</param>
    /// <param name="channels">Channels C.</param>
    /// <param name="cellsPerPatch">Cells per side of a patch.</param>
    /// <returns>[N, C, bins, h, w].</returns>
    public static Tensor FromRows(Tensor rows, int channels, int cellsPerPatch)
    {
        using var scope = NewDisposeScope();
        var (n, cells) = (rows.shape[0], (long)cellsPerPatch);
        var side = (long)Math.Round(Math.Sqrt(rows.shape[1]));
        var grid = rows.reshape(n, side, side, -1, cells, cells).permute(0, 3, 1, 4, 2, 5);                       // [N, C bins, h, cells, w, cells]

        return grid.reshape(n, channels, -1, side * cells, side * cells).MoveToOuterDisposeScope();               // [N, C, bins, h, w]
    }

    private Tensor CellSums(Tensor values)
    {
        var (h, w) = (values.shape[2] / Cell, values.shape[3] / Cell);
        var whole = values.narrow(2, 0, h * Cell).narrow(3, 0, w * Cell);

        return whole.reshape(values.shape[0], values.shape[1], h, Cell, w, Cell).sum([3, 5]);   // [N, C, h, w]
    }

    private Tensor Weighted(Tensor length)
    {
        if (Window == 0)
        {
            return length;
        }

        var places = (arange(Window, dtype: float32, device: length.device) - ((Window - 1) / 2.0)) / (Window / 2);
        var weights = (-0.5 * places.square()).exp();                   // [window]
        var tile = outer(weights, weights) / weights.sum().square();   // [window, window], sum 1

        return length * tile.repeat(length.shape[2] / Window, length.shape[3] / Window);   // [N, C, H, W]
    }
}
