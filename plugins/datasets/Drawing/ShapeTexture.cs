namespace Parallax.Plugins.Datasets;

/// <summary>The two-colour patterns on an object.</summary>
internal static class ShapeTexture
{
    /// <summary>Names in the order of their numbers.</summary>
    public static readonly string[] Names = ["striped", "checked", "gridded", "ringed", "plain", "dotted", "zigzag", "pinwheel", "halved", "pinstriped"];

    /// <summary>Whether the pattern has a middle that stays in the object's.</summary>
    public static bool IsCentred(int texture) => Names[texture] is "ringed" or "pinwheel" or "halved";

    /// <summary>Whether a point has the second colour.</summary>
    /// <param name="texture">Which pattern.</param>
    /// <param name="u">Across, in periods of the pattern.</param>
    /// <param name="v">Along, in periods of the pattern.</param>
    public static bool IsSecondColour(int texture, float u, float v) => texture switch
    {
        0 => Fraction(u) < 0.5f,
        1 => Fraction(u) < 0.5f != Fraction(v) < 0.5f,
        2 => Fraction(u) < 0.25f || Fraction(v) < 0.25f,
        3 => Fraction(MathF.Sqrt((u * u) + (v * v))) < 0.5f,
        4 => false,
        5 => Square(Fraction(u) - 0.5f) + Square(Fraction(v) - 0.5f) < 0.1f,
        6 => Fraction(u + Math.Abs(Fraction(v) - 0.5f)) < 0.5f,
        7 => Fraction(MathF.Atan2(v, u) * (3f / MathF.PI)) < 0.5f,   // six sectors of each colour
        8 => u > 0f,
        _ => Fraction(2f * u) < 0.4f,
    };

    private static float Fraction(float value) => value - MathF.Floor(value);

    private static float Square(float value) => value * value;
}
