using System.Globalization;

namespace Parallax.Plugins.Parts;

/// <summary>Block masks of crops: each crop of each image is hidden or not, and to a share of its own.</summary>
/// <remarks>
/// Zhou et al., iBOT, ICLR 2022, section 3.2, https://arxiv.org/abs/2111.07832: blocks as <see cref="BlockMasking"/>, the smallest a ninth of the grid, as in
/// the authors' code.
/// </remarks>
/// <param name="randoms">Numbers for each image.</param>
/// <param name="probability">Probability that a crop is hidden in part, a fraction in [0, 1].</param>
/// <param name="minRatio">Smallest share of the patches that is hidden then, a fraction in [0, 1].</param>
/// <param name="maxRatio">Largest share, a fraction in [0, 1].</param>
public sealed class CropMasks(SampleRandom randoms, double probability, double minRatio, double maxRatio)
{
    /// <summary>A sentence when the shares are the wrong way round, for <see cref="IRunRequirements"/>; else nothing.</summary>
    /// <param name="minRatio">Option <c>method.minMaskRatio</c>.</param>
    /// <param name="maxRatio">Option <c>method.maxMaskRatio</c>.</param>
    public static IEnumerable<string> Faults(double minRatio, double maxRatio) => minRatio <= maxRatio ? [] :
    [
        string.Create(CultureInfo.InvariantCulture, $"method.minMaskRatio is {minRatio}, and method.maxMaskRatio {maxRatio}; expected at most that. Lower the "
            + $"one, or raise the other."),
    ];

    /// <summary>Sentences when nothing, or not whole tokens, would be hidden in a run, for <see cref="IRunRequirements"/>; else nothing.</summary>
    /// <param name="run">Gives the side of the crops.</param>
    /// <param name="backbone">Gives the size of what a token stands for.</param>
    public IEnumerable<string> Faults(RunInfo run, ITokenBackbone backbone) =>
        Faults($"data.imageSize is {run.ImageSize}", run.ImageSize, run.ImageSize, backbone);

    /// <summary>Draws the masks of crops that a backbone looks at.</summary>
    /// <param name="batch">The images.</param>
    /// <param name="context">Where training stands.</param>
    /// <param name="crops">Number of crops per image.</param>
    /// <param name="backbone">Gives the size of what a token stands for.</param>
    /// <param name="images">The crops, crop after crop, [V N, C, H, W].</param>
    /// <param name="from">First epoch in which anything is hidden.</param>
    /// <returns>1 where something is hidden, else 0, [V N, h, w] float32 on the CPU, with a value per token.</returns>
    /// <exception cref="ConfigurationException">The crops, which a recipe may give, have no such masks.</exception>
    public Tensor Draw(Batch batch, StepContext context, int crops, ITokenBackbone backbone, Tensor images, int from = 0)
    {
        var (rows, columns) = ((int)images.shape[2], (int)images.shape[3]);
        if (Faults($"The section views gives large crops of {rows} x {columns} pixels", rows, columns, backbone).ToList() is { Count: > 0 } faults)
        {
            throw new ConfigurationException(faults);
        }

        var (height, width) = (rows / backbone.TokenStride, columns / backbone.TokenStride);
        var side = Math.Min(height, width) / 3;
        var blocks = new BlockMasking(height, width) { MinPatches = side * side };
        var sources = Enumerable.Range(0, crops).SelectMany(crop => randoms.Of(batch, context, crop));
        float[] masks = context.Epoch < from ? new float[images.shape[0] * height * width] : [.. sources.SelectMany(source => Draw(blocks, source))];

        return tensor(masks, [images.shape[0], height, width]);
    }

    // A backbone may round up where tokens are not whole, and a block is smaller than the grid on both sides.
    private IEnumerable<string> Faults(string crops, int rows, int columns, ITokenBackbone backbone)
    {
        var (height, width) = (rows / backbone.TokenStride, columns / backbone.TokenStride);
        if (rows % backbone.TokenStride != 0 || columns % backbone.TokenStride != 0)
        {
            yield return $"{crops}, but a token stands for {backbone.TokenStride} x {backbone.TokenStride} pixels. Expected a multiple of that; else change "
                + "backbone.patchSize.";
        }
        else if (probability > 0 && Math.Min(height, width) < 2)
        {
            yield return $"{crops}, which is {height} x {width} tokens; expected 2 x 2 at least, of which some are hidden. Lower backbone.patchSize "
                + $"({backbone.PatchSize}), take larger crops, or set method.maskProbability to 0.";
        }
        else if (probability > 0 && (int)(maxRatio * height * width) == 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"method.maxMaskRatio is {maxRatio}, which is less than one of {height} x {width} tokens: nothing would ever be hidden. Raise it, lower "
                    + $"backbone.patchSize ({backbone.PatchSize}), or set method.maskProbability to 0.");
        }
    }

    private float[] Draw(BlockMasking blocks, CounterRandom random)
    {
        var share = random.Chance(probability) ? random.Uniform(minRatio, maxRatio) : 0;

        return blocks.Draw(ref random, (int)(share * blocks.Height * blocks.Width));
    }
}
