namespace Parallax.Plugins.Parts;

/// <summary>The 313 colours of Lab that networks choose from: a grid of step 10 over a and b, without what sRGB does not have.</summary>
/// <remarks>
/// Zhang et al., "Colorful Image Colorization", ECCV 2016, section 2.1, https://arxiv.org/abs/1603.08511, as in the file <c>pts_in_hull.npy</c> of its code.
/// Rounding all colours of sRGB to the grid gives 261 of them only, so the rows of the file stand here.
/// </remarks>
public static class ColourBins
{
    private const int Step = 10, LowestA = -90;

    // lowest and highest b of each a, from -90 to 100
    private static readonly (int From, int To)[] _rows =
    [
        (50, 90), (20, 90), (0, 90), (-20, 90), (-30, 100), (-40, 100), (-50, 100), (-50, 100), (-60, 100), (-70, 100),
        (-80, 90), (-80, 90), (-90, 90), (-100, 90), (-100, 80), (-110, 80), (-110, 80), (-110, 70), (-110, 70), (-90, 0),
    ];

    /// <summary>Number Q of colours.</summary>
    public static int Count => _rows.Sum(row => ((row.To - row.From) / Step) + 1);

    /// <summary>The colours, by rising a, then by rising b.</summary>
    /// <returns>[313, 2] float32 on the CPU.</returns>
    public static Tensor Centres()
    {
        float[] values =
        [
            .. from row in Enumerable.Range(0, _rows.Length)
               from b in Enumerable.Range(0, ((_rows[row].To - _rows[row].From) / Step) + 1)
               from value in new float[] { LowestA + (Step * row), _rows[row].From + (Step * b) }
               select value,
        ];

        return tensor(values).view(-1, 2);
    }
}
