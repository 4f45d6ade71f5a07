namespace Parallax.Plugins.Parts;

/// <summary>The squares of an image that are hidden or not.</summary>
public static class MaskGrid
{
    /// <summary>Why images cannot be masked in cells: they are not whole, or none is left.</summary>
    /// <param name="imageSize">Side of an image in pixels.</param>
    /// <param name="cell">Side of a cell in pixels.</param>
    /// <param name="key">Option that decides the side of a cell, with its section.</param>
    /// <param name="ratio">Share of the cells that is hidden, <c>method.maskRatio</c>.</param>
    /// <param name="visible">How many of a number of cells stay at that share.</param>
    public static IEnumerable<string> Faults(int imageSize, int cell, string key, double ratio, Func<long, double, long> visible)
    {
        var cells = (long)(imageSize / cell) * (imageSize / cell);
        if (imageSize % cell != 0)
        {
            yield return $"data.imageSize is {imageSize}, but cells of {cell} x {cell} pixels are hidden ({key}). Expected a multiple of that.";
        }
        else if (visible(cells, ratio) == 0)
        {
            yield return $"method.maskRatio is {ratio}, which hides all {cells} cells of {cell} x {cell} pixels; images have {imageSize} (data.imageSize). "
                + "Expected "
                + $"that at least one stays visible: lower it, or lower {key}.";
        }
    }
}
