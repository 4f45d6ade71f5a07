namespace Parallax.Plugins.Parts;

/// <summary>Hides rectangles of patches until a number of them is hidden; of clips cuboids, which last for some of the moments.</summary>
/// <remarks>
/// <para>Bao et al., "BEiT: BERT Pre-Training of Image Transformers", ICLR 2022, algorithm 1, https://arxiv.org/abs/2106.08254, as in its code. A
/// rectangle's area is uniform between <see cref="MinPatches"/> and what is still to be hidden, the logarithm of its aspect ratio uniform too. It must be
/// smaller than the grid on both sides and hide at least one further patch, but no more than are wanted.</para>
/// <para>When no try fits, fewer patches than asked for are hidden.</para>
/// <para>Cuboids are those of Wei et al., "Masked Feature Prediction for Self-Supervised Visual Pre-Training", CVPR 2022, https://arxiv.org/abs/2112.09133,
/// as in its code: rectangles whose length in time is uniform between one moment and all of them.</para>
/// </remarks>
/// <param name="Height">Rows h of patches.</param>
/// <param name="Width">Columns w of patches.</param>
public sealed record BlockMasking(int Height, int Width)
{
    /// <summary>Moments t of a clip; 1 for images.</summary>
    public int Moments { get; init; } = 1;

    /// <summary>Smallest area of a rectangle before rounding, in patches. BEiT: 16 of a grid of 14 x 14.</summary>
    public double MinPatches { get; init; } = 16;

    /// <summary>Largest area of a rectangle before rounding, in patches; null takes what is still to be hidden, as BEiT. MaskFeat for video: all of the
    /// grid.</summary>
    public double? MaxPatches { get; init; }

    /// <summary>Smallest ratio of the sides, a fraction in (0, 1]; the largest is its inverse. BEiT: 0.3.</summary>
    public double MinAspect { get; init; } = 0.3;

    /// <summary>Tries per rectangle. BEiT's code: 10; MaskFeat's for video: 100.</summary>
    public int Tries { get; init; } = 10;

    /// <summary>Why rectangles cannot be hidden: the grid has no room for any, none is wanted, or the smallest is too large.</summary>
    /// <param name="count">How many patches shall be hidden.</param>
    /// <param name="ratio">What gives that number, <c>method.maskRatio</c>.</param>
    /// <param name="key">Option that decides <see cref="MinPatches"/>, with its section.</param>
    public IEnumerable<string> Faults(int count, double ratio, string key)
    {
        if (Height < 2 || Width < 2)
        {
            yield return $"An image has {Height} x {Width} patches, but hidden rectangles are smaller than that on both sides. Expected at least 2 x 2 "
                + "patches; lower backbone.patchSize, or raise data.imageSize.";
        }
        else if (count < 1)
        {
            yield return $"method.maskRatio is {ratio}, which hides none of {Height * Width} patches. Raise it, or take smaller patches (backbone.patchSize).";
        }
        else if (MinPatches > Math.Min(count, (Height - 1) * (Width - 1)))
        {
            yield return FormattableString.Invariant($"The smallest hidden rectangle has {MinPatches:0.##} patches ({key}), but {count} of {Height * Width} ")
                + $"patches shall be hidden (method.maskRatio is {ratio}), in rectangles of at most {Height - 1} x {Width - 1}. "
                + $"Lower {key}, or take smaller patches (backbone.patchSize).";
        }
    }

    /// <summary>A mask for every image.</summary>
    /// <param name="randoms">One source of numbers per image.</param>
    /// <param name="count">How many patches shall be hidden, from 0 to t h w.</param>
    /// <returns>[N, t h, w] float32 on the CPU, for images [N, h, w]; 1 is hidden, 0 is not.</returns>
    public Tensor Draw(IEnumerable<CounterRandom> randoms, int count)
    {
        List<float> masks = [];
        foreach (var source in randoms)
        {
            var random = source;
            masks.AddRange(Draw(ref random, count));
        }

        return tensor(masks.ToArray(), [masks.Count / (Moments * Height * Width), Moments * Height, Width]);   // [N, t h, w]
    }

    /// <summary>The mask of one image.</summary>
    /// <param name="random">Gives the numbers.</param>
    /// <param name="count">How many patches shall be hidden, from 0 to t h w.</param>
    /// <returns>t h w values, moment by moment and row by row; 1 is hidden, 0 is not.</returns>
    public float[] Draw(ref CounterRandom random, int count)
    {
        var mask = new float[Moments * Height * Width];
        var left = count;
        var added = 1;
        while (left > 0 && added > 0)
        {
            added = 0;
            for (var attempt = 0; attempt < Tries && added == 0; attempt++)
            {
                added = TryHide(ref random, mask, left);
            }

            left -= added;
        }

        return mask;
    }

    // Returns how many patches the rectangle has hidden: none where it does not fit.
    private int TryHide(ref CounterRandom random, float[] mask, int most)
    {
        var area = random.Uniform(MinPatches, MaxPatches ?? most);
        var aspect = Math.Exp(random.Uniform(Math.Log(MinAspect), -Math.Log(MinAspect)));
        var (h, w) = ((int)Math.Round(Math.Sqrt(area * aspect)), (int)Math.Round(Math.Sqrt(area / aspect)));
        var length = Moments == 1 ? 1 : 1 + random.NextInt(Moments);
        if (h >= Height || w >= Width)
        {
            return 0;
        }

        var (top, left) = (random.NextInt(Height - h + 1), random.NextInt(Width - w + 1));
        var start = Moments == 1 ? 0 : random.NextInt(Moments - length + 1);
        var places = from moment in Enumerable.Range(start, length)
                     from row in Enumerable.Range(top, h)
                     from column in Enumerable.Range(left, w)
                     let place = (((moment * Height) + row) * Width) + column
                     where mask[place] == 0
                     select place;
        List<int> open = [.. places];
        if (open.Count > most)
        {
            return 0;
        }

        open.ForEach(place => mask[place] = 1);

        return open.Count;
    }
}
