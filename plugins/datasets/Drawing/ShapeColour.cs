namespace Parallax.Plugins.Datasets;

/// <summary>A colour, red green blue in [0, 1].</summary>
internal readonly record struct ShapeColour(float Red, float Green, float Blue)
{
    /// <summary>ITU-R 601.</summary>
    public float Luma => (0.299f * Red) + (0.587f * Green) + (0.114f * Blue);

    /// <summary>Any brightness with a light tint. Strong colours would tell images apart so easily that nothing else had to be learnt.</summary>
    public static ShapeColour Random(ref CounterRandom random)
    {
        const double tint = 0.07;
        var grey = random.Uniform(0.1, 0.9);

        return new((float)(grey + random.Uniform(-tint, tint)), (float)(grey + random.Uniform(-tint, tint)), (float)(grey + random.Uniform(-tint, tint)));
    }

    /// <summary>A colour whose brightness differs from another's, so that a pattern stays visible in grey.</summary>
    public static ShapeColour RandomApartFrom(ShapeColour other, float distance, ref CounterRandom random)
    {
        var colour = Random(ref random);
        while (Math.Abs(colour.Luma - other.Luma) < distance)
        {
            colour = Random(ref random);
        }

        return colour;
    }

    public static ShapeColour Mix(ShapeColour a, ShapeColour b, float share) => new(
        a.Red + (share * (b.Red - a.Red)), a.Green + (share * (b.Green - a.Green)), a.Blue + (share * (b.Blue - a.Blue)));

    public static ShapeColour operator +(ShapeColour a, ShapeColour b) => new(a.Red + b.Red, a.Green + b.Green, a.Blue + b.Blue);

    public static ShapeColour operator *(ShapeColour a, float factor) => new(a.Red * factor, a.Green * factor, a.Blue * factor);
}
