namespace Parallax.Plugins.Parts;

/// <summary>Several blocks of patches to predict, and one large block without them to predict from, for each image of a batch.</summary>
/// <remarks>
/// <para>Assran et al., I-JEPA, CVPR 2023, section 3, https://arxiv.org/abs/2301.08243, as in the authors' code: all images of a batch have targets of one size
/// and contexts of one size, drawn once, of which one number gives both area and aspect ratio; places are drawn for each image. A block never touches the last
/// row and column, since the code leaves out the last place. A context of at most <see cref="MinContext"/> patches is drawn anew, up to 20 times; then the
/// targets may stay in it, one after the other, the last first. In the end all contexts are cut to the shortest of the batch, row by row.</para>
/// <para>Differs from the code: the least number of patches is asked of contexts only, since all targets have one size.</para>
/// </remarks>
/// <param name="Height">Rows h of patches, at least 2.</param>
/// <param name="Width">Columns w of patches, at least 2.</param>
public sealed record MultiBlockMasking(int Height, int Width)
{
    private const int Tries = 20;

    /// <summary>Smallest and largest share of the patches in a target. Paper, appendix A: 0.15 and 0.2.</summary>
    public (double Min, double Max) TargetScale { get; init; } = (0.15, 0.2);

    /// <summary>Smallest and largest ratio of a target's sides. Paper, appendix A: 0.75 and 1.5.</summary>
    public (double Min, double Max) TargetAspect { get; init; } = (0.75, 1.5);

    /// <summary>Smallest and largest share of the patches in a context, before the targets are taken out. Paper, appendix A: 0.85 and 1.</summary>
    public (double Min, double Max) ContextScale { get; init; } = (0.85, 1);

    /// <summary>Number of targets per image. Paper, section 3: 4.</summary>
    public int Targets { get; init; } = 4;

    /// <summary>A context has more patches than this. Authors' code: 10.</summary>
    public int MinContext { get; init; } = 10;

    /// <summary>Most patches that a context can have.</summary>
    public int LargestContext => BlockSize(1, ContextScale, (1, 1)) is var (h, w) ? h * w : 0;

    /// <summary>Draws the blocks of a whole batch.</summary>
    /// <param name="ofBatch">Numbers for the sizes.</param>
    /// <param name="ofImages">Numbers for the places, a sequence per image.</param>
    /// <returns>The blocks.</returns>
    public ContextAndTargets Draw(CounterRandom ofBatch, IReadOnlyList<CounterRandom> ofImages)
    {
        var target = BlockSize(ofBatch.NextDouble(), TargetScale, TargetAspect);
        var context = BlockSize(ofBatch.NextDouble(), ContextScale, (1, 1));
        List<long> targets = [];
        List<long[]> contexts = [];
        foreach (var source in ofImages)
        {
            var random = source;
            var blocks = Enumerable.Range(0, Targets).Select(_ => Place(ref random, target)).ToList();
            targets.AddRange(blocks.SelectMany(block => block));
            contexts.Add(DrawContext(ref random, context, blocks));
        }

        var shortest = contexts.Min(places => places.Length);

        return new(
            tensor(contexts.SelectMany(places => places.Take(shortest)).ToArray(), [contexts.Count, shortest]),   // [N, K]
            tensor(targets.ToArray(), [contexts.Count, Targets, target.Height * target.Width]));                 // [N, T, M]
    }

    private long[] DrawContext(ref CounterRandom random, (int Height, int Width) size, List<long[]> targets)
    {
        for (var left = targets.Count; left > 0; left--)
        {
            var hidden = targets.Take(left).SelectMany(block => block).ToHashSet();
            for (var attempt = 0; attempt < Tries; attempt++)
            {
                long[] places = [.. Place(ref random, size).Where(place => !hidden.Contains(place))];
                if (places.Length > MinContext)
                {
                    return places;
                }
            }
        }

        return Place(ref random, size);
    }

    // Patches of a block at a random place, row by row.
    private long[] Place(ref CounterRandom random, (int Height, int Width) size)
    {
        var (top, left) = (random.NextInt(Height - size.Height), random.NextInt(Width - size.Width));

        return [.. from row in Enumerable.Range(top, size.Height) from column in Enumerable.Range(left, size.Width) select ((long)row * Width) + column];
    }

    // One number for area and ratio; a block is smaller than the grid.
    private (int Height, int Width) BlockSize(double number, (double Min, double Max) scale, (double Min, double Max) aspect)
    {
        var area = (int)(Height * Width * (scale.Min + (number * (scale.Max - scale.Min))));
        var ratio = aspect.Min + (number * (aspect.Max - aspect.Min));

        return (Side(area * ratio, Height), Side(area / ratio, Width));

        static int Side(double squared, int most) => Math.Clamp((int)Math.Round(Math.Sqrt(squared)), 1, most - 1);
    }
}

/// <summary>Blocks of patches of a batch.</summary>
/// <param name="Context">Patches to predict from, row by row, [N, K] int64.</param>
/// <param name="Targets">Patches of each block to predict, row by row, [N, T, M] int64.</param>
public sealed record ContextAndTargets(Tensor Context, Tensor Targets)
{
    /// <summary>A part of the images, on another device.</summary>
    /// <param name="own">Takes rows out of [N, ...].</param>
    /// <param name="device">The device of the images.</param>
    public ContextAndTargets Own(Func<Tensor, Tensor> own, Device device) => new(own(Context).to(device), own(Targets).to(device));
}
