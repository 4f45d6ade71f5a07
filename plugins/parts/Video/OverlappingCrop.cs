namespace Parallax.Plugins.Parts;

/// <summary>Which corner of the first crop the second one shares.</summary>
internal enum SharedCorner
{
    /// <summary>Upper left.</summary>
    TopLeft,

    /// <summary>Upper right.</summary>
    TopRight,

    /// <summary>Lower left.</summary>
    BottomLeft,

    /// <summary>Lower right.</summary>
    BottomRight,
}

/// <summary>A crop in whole pixels, and the second crop of a pair that overlaps it by a given rate.</summary>
/// <remarks>Zhang et al., AAAI 2022, https://arxiv.org/abs/2112.08913, as in the authors' code.</remarks>
/// <param name="X">Left side.</param>
/// <param name="Y">Upper side.</param>
/// <param name="Width">Positive.</param>
/// <param name="Height">Positive.</param>
internal readonly record struct OverlappingCrop(int X, int Y, int Width, int Height)
{
    /// <summary>A crop of a random area and shape at a random place; one that is longer than the frame begins at its side.</summary>
    /// <param name="random">The generator.</param>
    /// <param name="frame">Size of the frame.</param>
    public static OverlappingCrop Draw(ref CounterRandom random, ImageSize frame)
    {
        const double leastArea = 0.2, leastShape = 3.0 / 4.0, mostShape = 4.0 / 3.0;
        var area = frame.Width * frame.Height * random.Uniform(leastArea, 1);
        var shape = random.Uniform(leastShape, mostShape);
        var (width, height) = (Side(area * shape), Side(area / shape));
        if (random.Chance(0.5))
        {
            (width, height) = (height, width);
        }

        var x = random.NextInt(Math.Max(0, frame.Width - width) + 1);
        var y = random.NextInt(Math.Max(0, frame.Height - height) + 1);

        return new(x, y, width, height);

        static int Side(double square) => Math.Max(1, (int)Math.Round(Math.Sqrt(square)));
    }

    /// <summary>The widths that the common region may have, for the rate of a class.</summary>
    /// <param name="overlapClass">Class of <see cref="OverlapRates"/>.</param>
    /// <returns>Both ends count.</returns>
    public (int Narrowest, int Widest) SharedWidths(int overlapClass) => (Math.Max(1, (int)Math.Floor(OverlapRates.Of(overlapClass) * Width)), Width);

    /// <summary>A crop of the same size that shares a corner region.</summary>
    /// <param name="overlapClass">Class of <see cref="OverlapRates"/>: the region's share of the area.</param>
    /// <param name="corner">Which corner of this crop.</param>
    /// <param name="sharedWidth">Width of the region, one of <see cref="SharedWidths"/>; its height follows from the rate.</param>
    /// <returns>It may lie partly outside of the frame: see <see cref="IsInside"/>.</returns>
    public OverlappingCrop Second(int overlapClass, SharedCorner corner, int sharedWidth)
    {
        var sharedHeight = (int)Math.Floor(OverlapRates.Of(overlapClass) * Width * Height / sharedWidth);
        var (right, down) = (Width - sharedWidth, Height - sharedHeight);

        return this with
        {
            X = corner is SharedCorner.TopLeft or SharedCorner.BottomLeft ? X - right : X + right,
            Y = corner is SharedCorner.TopLeft or SharedCorner.TopRight ? Y - down : Y + down,
        };
    }

    /// <summary>Whether the crop lies in a frame.</summary>
    /// <param name="frameWidth">In pixels.</param>
    /// <param name="frameHeight">In pixels.</param>
    public bool IsInside(int frameWidth, int frameHeight) => X >= 0 && Y >= 0 && X + Width <= frameWidth && Y + Height <= frameHeight;
}
