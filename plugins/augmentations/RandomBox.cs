namespace Parallax.Plugins.Augmentations;

/// <summary>Draws boxes as torchvision's <c>RandomResizedCrop</c>: area uniform, log-ratio uniform, place uniform.</summary>
/// <param name="ScaleMin">Smallest share of the image's area.</param>
/// <param name="ScaleMax">Largest share of the image's area.</param>
/// <param name="RatioMin">Smallest width / height.</param>
/// <param name="RatioMax">Largest width / height.</param>
internal readonly record struct RandomBox(double ScaleMin, double ScaleMax, double RatioMin, double RatioMax)
{
    private const int Tries = 10;

    /// <summary>Ten tries; when none fits, the largest central box of an allowed ratio. Always consumes 22 numbers.</summary>
    public Box Draw(ref CounterRandom random, ImageSize input)
    {
        Box? chosen = null;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var (box, _) = Shape(ref random, input);
            chosen ??= box.FitsInto(input) ? box : null;
        }

        var shape = chosen ?? CentralBox(input);
        var (top, left) = Place(ref random, input, shape);

        return chosen is null ? shape : shape with { Top = top, Left = left };
    }

    /// <summary>Ten tries that must fit and overlap another box, then <see cref="Draw"/> without condition. Always consumes 62 numbers.</summary>
    /// <param name="random">The generator.</param>
    /// <param name="input">Size of the image.</param>
    /// <param name="other">The other box.</param>
    /// <param name="share">How much of the area, before rounding, must lie in it, a fraction in [0, 1].</param>
    public Box DrawOverlapping(ref CounterRandom random, ImageSize input, Box other, double share)
    {
        Box? chosen = null;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var (shape, area) = Shape(ref random, input);
            var (top, left) = Place(ref random, input, shape);
            var box = shape with { Top = top, Left = left };
            chosen ??= box.FitsInto(input) && box.Intersection(other) >= share * area ? box : null;
        }

        var unconditional = Draw(ref random, input);

        return chosen ?? unconditional;
    }

    /// <summary>Ten tries for a box that is smaller than the image on both sides, as timm's random erasing; null when none is. Always consumes 22
    /// numbers.</summary>
    public Box? DrawSmaller(ref CounterRandom random, ImageSize input)
    {
        Box? chosen = null;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var (box, _) = Shape(ref random, input);
            chosen ??= box.Height < input.Height && box.Width < input.Width && box.FitsInto(input) ? box : null;
        }

        var (top, left) = Place(ref random, input, chosen ?? new(0, 0, input.Height, input.Width));

        return chosen is { } shape ? shape with { Top = top, Left = left } : null;
    }

    private (Box Box, double Area) Shape(ref CounterRandom random, ImageSize input)
    {
        var area = (double)input.Height * input.Width * random.Uniform(ScaleMin, ScaleMax);
        var ratio = Math.Exp(random.Uniform(Math.Log(RatioMin), Math.Log(RatioMax)));

        return (new(0, 0, (int)Math.Round(Math.Sqrt(area / ratio)), (int)Math.Round(Math.Sqrt(area * ratio))), area);
    }

    private static (int Top, int Left) Place(ref CounterRandom random, ImageSize input, Box shape)
    {
        var top = random.Index(input.Height - shape.Height + 1);
        var left = random.Index(input.Width - shape.Width + 1);

        return (top, left);
    }

    private Box CentralBox(ImageSize input)
    {
        var ratio = (double)input.Width / input.Height;
        var (height, width) = (input.Height, input.Width);
        if (ratio < RatioMin)
        {
            height = Math.Clamp((int)Math.Round(width / RatioMin), 1, input.Height);
        }
        else if (ratio > RatioMax)
        {
            width = Math.Clamp((int)Math.Round(height * RatioMax), 1, input.Width);
        }

        return new((input.Height - height) / 2, (input.Width - width) / 2, height, width);
    }
}
