namespace Parallax.Plugins.Parts;

/// <summary>The part of a video that a clip shows: a rectangle of the frame over a span of frames.</summary>
/// <param name="X">Left side in pixels.</param>
/// <param name="Y">Upper side in pixels.</param>
/// <param name="Start">First frame.</param>
/// <param name="Width">In pixels, positive.</param>
/// <param name="Height">In pixels, positive.</param>
/// <param name="Length">In frames, positive.</param>
internal readonly record struct ClipBox(double X, double Y, double Start, double Width, double Height, double Length)
{
    private double Volume => Width * Height * Length;

    /// <summary>How two clips of one video overlap: STOR, the spatio-temporal overlap rate, and its factors.</summary>
    /// <param name="other">The other clip.</param>
    /// <remarks>Zhang et al., AAAI 2022, section 3.1, https://arxiv.org/abs/2112.08913.</remarks>
    public ClipOverlap With(ClipBox other)
    {
        var area = Common(X, Width, other.X, other.Width) * Common(Y, Height, other.Y, other.Height);
        var length = Common(Start, Length, other.Start, other.Length);

        return new(area / (Width * Height), length / Length, area * length / (Volume + other.Volume - (area * length)));
    }

    private static double Common(double start, double length, double otherStart, double otherLength) =>
        Math.Max(0, Math.Min(start + length, otherStart + otherLength) - Math.Max(start, otherStart));
}

/// <summary>How much of a clip another one shows.</summary>
/// <param name="Spatial">Common area over the area of the first, a fraction in [0, 1].</param>
/// <param name="Temporal">Common frames over the frames of the first, a fraction in [0, 1].</param>
/// <param name="IntersectionOverUnion">Common volume over that of both together, a fraction in [0, 1].</param>
internal readonly record struct ClipOverlap(double Spatial, double Temporal, double IntersectionOverUnion)
{
    /// <summary>The overlap rate, a fraction in [0, 1].</summary>
    public double Rate => Spatial * Temporal;
}
