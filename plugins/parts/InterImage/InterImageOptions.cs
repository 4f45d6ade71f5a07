using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>What the inter-image branch of InterCLR takes, whatever it is added to. "Authors' code" is the one for MoCo v2 that they published.</summary>
public abstract record InterImageOptions : IRunRequirements
{
    /// <summary>Divisor of the cosines, positive. Authors' code: 0.2.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Width D of the projections, and of the bank's rows. Authors' code: 128; BYOL: 256.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Width of the heads' hidden layers; 0 takes the backbone's feature width (2048 for ResNet-50), as MoCo v2. BYOL: 4096.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <summary>Pseudo-labels C, at most a tenth of the training images: smaller data sets get that many. Authors' code: 10000.</summary>
    [Range(1, 1 << 24)]
    public int Clusters { get; init; } = 10000;

    /// <summary>Images below which a cluster is dissolved, at most a quarter of the mean cluster. Authors' code: 20.</summary>
    [Range(1, 1 << 20)]
    public int MinClusterSize { get; init; } = 20;

    /// <summary>Rounds of the k-means before training. Ours: 20.</summary>
    [Range(1, 1000)]
    public int KMeansIterations { get; init; } = 20;

    /// <summary>Steps between two computations of all centroids. Authors' code: 10.</summary>
    [Range(1, 1 << 20)]
    public int CentroidEverySteps { get; init; } = 10;

    /// <summary>Share of the new feature in an image's row of the bank, mu, a fraction in (0, 1]. Authors' code: 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double BankMomentum { get; init; } = 1;

    /// <summary>How negatives are found in the bank: random, semi-easy, semi-hard or hard. Paper: semi-hard is best.</summary>
    public NegativeSampler Sampler { get; init; } = NegativeSampler.SemiHard;

    /// <summary>
    /// Share of the bank that semi-hard and semi-easy negatives are drawn from, a fraction in (0, 1]. Authors' code: the 128000 most similar of ImageNet's
    /// images, 0.1.
    /// </summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double PoolShare { get; init; } = 0.1;

    /// <summary>Negatives per query, at most half of the pool, so that semi-hard stays a draw. Authors' code: 16384.</summary>
    [Range(1, 1 << 24)]
    public int Negatives { get; init; } = 16384;

    /// <summary>Where the margin acts: cosine or arc. Authors' code: cosine.</summary>
    public MarginKind MarginKind { get; init; } = MarginKind.Cosine;

    /// <summary>Margin of the inter-image branch; below 0 it loosens, 0 turns it off. Authors' code: -0.5.</summary>
    [Range(-1.0, 1.0)]
    public double Margin { get; init; } = -0.5;

    /// <summary>Weight of the inter-image branch, a fraction in [0, 1]; the intra-image branch has the rest. Authors' code: 0.25.</summary>
    [Range(0.0, 1.0)]
    public double InterWeight { get; init; } = 0.25;

    /// <summary>First epochs without the inter-image branch. Authors' code: 0.</summary>
    [Range(0, 100000)]
    public int InterWarmupEpochs { get; init; }

    /// <inheritdoc/>
    public virtual IEnumerable<string> Faults(RunInfo run) => [];

    /// <inheritdoc/>
    public IEnumerable<string> Notes(RunInfo run) => InterWeight == 0 ? [] :
        LateStart.Note("method.interWarmupEpochs", InterWarmupEpochs, run, "the inter-image branch never takes part");
}
