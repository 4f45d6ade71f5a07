namespace Parallax.Plugins.Datasets;

/// <summary>The two-colour patterns on an object.</summary>
internal static class ShapeTexture
{
    /// <summary>Names in the order of their numbers.</summary>
    public static readonly string[] Names = ["stripes", "checks", "dots", "rings", "plain"];

    /// <summary>Whether a point has the second colour.</summary>
    /// <param name="texture">Which pattern.</param>
    /// <param name="u">Across, in periods of the pattern.</param>
    /// <param name="v">Along, in periods of the pattern.</param>
    public static bool IsSecondColour(int texture, float u, float v) => texture switch
    {
        0 => Fraction(u) < 0.5f,
        1 => Fraction(u) < 0.5f != Fraction(v) < 0.5f,
        2 => Square(Fraction(u) - 0.5f) + Square(Fraction(v) - 0.5f) < 0.1f,
        3 => Fraction(MathF.Sqrt((u * u) + (v * v))) < 0.5f,
        _ => false,
    };

    private static float Fraction(float value) => value - MathF.Floor(value);

    private static float Square(float value) => value * value;
}
