namespace Parallax.Plugins.Datasets;

/// <summary>The outlines an object can have, in its own coordinates: it reaches about 1 from the origin.</summary>
internal static class ShapeOutline
{
    /// <summary>Names in label order.</summary>
    public static readonly string[] Names = ["disc", "square", "triangle", "plus", "ring", "star", "crescent", "bar", "half-disc", "hourglass"];

    /// <summary>Whether a point belongs to the object.</summary>
    public static bool Contains(int outline, float x, float y)
    {
        var r = (x * x) + (y * y);

        return outline switch
        {
            0 => r < 0.66f,
            1 => Math.Max(Math.Abs(x), Math.Abs(y)) < 0.72f,
            2 => y < 0.55f && (0.866f * Math.Abs(x)) - (0.5f * y) < 0.52f,
            3 => Math.Min(Math.Abs(x), Math.Abs(y)) < 0.27f && Math.Max(Math.Abs(x), Math.Abs(y)) < 0.9f,
            4 => r is > 0.24f and < 0.85f,
            5 => Star(x, y, r),
            6 => r < 0.85f && ((x - 0.45f) * (x - 0.45f)) + (y * y) > 0.45f,
            7 => Math.Abs(x) < 1f && Math.Abs(y) < 0.36f,
            8 => (x * x) + ((y + 0.4f) * (y + 0.4f)) < 0.95f && y > -0.4f,
            _ => Math.Abs(y) < 0.85f && Math.Abs(x) < 0.08f + (0.85f * Math.Abs(y)),
        };
    }

    private static bool Star(float x, float y, float r)
    {
        var wave = MathF.Cos(5f * MathF.Atan2(y, x));
        var radius = 0.62f + (0.36f * wave);

        return r < radius * radius;
    }
}
