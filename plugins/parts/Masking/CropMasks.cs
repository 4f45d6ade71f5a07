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

    /// <summary>Draws the masks of crops that a backbone looks at.</summary>
    /// <param name="batch">The images.</param>
    /// <param name="context">Where training stands.</param>
    /// <param name="crops">Number of crops per image.</param>
    /// <param name="backbone">Gives the size of what a token stands for.</param>
    /// <param name="images">The crops, crop after crop, [V N, C, H, W].</param>
    /// <param name="from">First epoch in which anything is hidden.</param>
    /// <returns>1 where something is hidden, else 0, [V N, h, w] float32 on the CPU, with a value per token.</returns>
    public Tensor Draw(Batch batch, StepContext context, int crops, ITokenBackbone backbone, Tensor images, int from = 0)
    {
        var (height, width) = ((int)images.shape[2] / backbone.TokenStride, (int)images.shape[3] / backbone.TokenStride);
        var side = Math.Min(height, width) / 3;
        var blocks = new BlockMasking(height, width) { MinPatches = side * side };
        var sources = Enumerable.Range(0, crops).SelectMany(crop => randoms.Of(batch, context, crop));
        float[] masks = context.Epoch < from ? new float[images.shape[0] * height * width] : [.. sources.SelectMany(source => Draw(blocks, source))];

        return tensor(masks, [images.shape[0], height, width]);
    }

    private float[] Draw(BlockMasking blocks, CounterRandom random)
    {
        var share = random.Chance(probability) ? random.Uniform(minRatio, maxRatio) : 0;

        return blocks.Draw(ref random, (int)(share * blocks.Height * blocks.Width));
    }
}
