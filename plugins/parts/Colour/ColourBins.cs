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

    /// <summary>Number Q of colours of the finest grid.</summary>
    public static int Count => CountOf(Step);

    /// <summary>Number of colours of a grid.</summary>
    /// <param name="width">As for <see cref="Centres"/>.</param>
    public static int CountOf(int width) => Of(width).Count();

    /// <summary>The colours, by rising a, then by rising b.</summary>
    /// <param name="width">Step of the grid in units of a and b, a positive multiple of 10; a coarser grid keeps the colours that lie on it.</param>
    /// <returns>[Q, 2] float32 on the CPU; 313 colours for 10, 78 for 20.</returns>
    /// <exception cref="ArgumentException">The width is no positive multiple of 10.</exception>
    public static Tensor Centres(int width = Step) =>
        width > 0 && width % Step == 0 ? tensor(Of(width).SelectMany(colour => new float[] { colour.A, colour.B }).ToArray()).view(-1, 2)
            : throw new ArgumentException($"The width is {width}; expected a positive multiple of {Step}.", nameof(width));

    private static IEnumerable<(int A, int B)> Of(int width) =>
        from row in Enumerable.Range(0, _rows.Length)
        let a = LowestA + (Step * row)
        where a % width == 0
        from place in Enumerable.Range(0, ((_rows[row].To - _rows[row].From) / Step) + 1)
        let b = _rows[row].From + (Step * place)
        where b % width == 0
        select (a, b);
}
