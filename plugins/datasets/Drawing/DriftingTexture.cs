namespace Parallax.Plugins.Datasets;

/// <summary>A background of smooth random patches that drifts slowly, or not at all. It repeats after one image side.</summary>
internal sealed class DriftingTexture
{
    private const int Cells = 8;   // per side
    private readonly ShapeColour[] _colours = new ShapeColour[Cells * Cells];
    private readonly float _right, _down;

    public DriftingTexture(ref CounterRandom random)
    {
        const double fastest = 0.012;   // of the image side in a frame, on each axis
        foreach (ref var colour in _colours.AsSpan())
        {
            colour = ShapeColour.Random(ref random);
        }

        (_right, _down) = ((float)random.Uniform(-fastest, fastest), (float)random.Uniform(-fastest, fastest));
    }

    /// <summary>The colour at a point of a frame, in units of the image side.</summary>
    public ShapeColour At(float x, float y, int frame)
    {
        var (column, across) = Cell(x - (_right * frame));
        var (row, along) = Cell(y - (_down * frame));
        var upper = ShapeColour.Mix(Colour(column, row), Colour(column + 1, row), across);
        var lower = ShapeColour.Mix(Colour(column, row + 1), Colour(column + 1, row + 1), across);

        return ShapeColour.Mix(upper, lower, along);
    }

    private static (int Cell, float Share) Cell(float place)
    {
        var cells = (place - MathF.Floor(place)) * Cells;

        return ((int)cells, cells - (int)cells);
    }

    private ShapeColour Colour(int column, int row) => _colours[(row % Cells * Cells) + (column % Cells)];
}
