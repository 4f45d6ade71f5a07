using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of PIRL, section <c>method</c> of a recipe.</summary>
public sealed record PIRLOptions : InvarianceOptions
{
    /// <summary>Weight lambda of the tiles, a fraction in [0, 1]; the image has the rest. Paper, section 3.4: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double PatchWeight { get; init; } = 0.5;

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(RunInfo run) => [.. base.Faults(run), .. ViewRoles.Faults(run, 10, "the image, then its nine tiles")];
}

/// <summary>An image and its nine shuffled tiles must have the embedding that a bank keeps of the image, unlike those of other images.</summary>
/// <remarks>
/// <para>Misra and van der Maaten, "Self-Supervised Learning of Pretext-Invariant Representations", CVPR 2020, https://arxiv.org/abs/1912.01991, the jigsaw
/// form: loss = lambda NCE(m, g(tiles)) + (1 - lambda) NCE(m, f(image)), equation (5) (<see cref="InvarianceContrast"/>), where g puts the tiles' embeddings
/// side by side in random order, through one more linear layer.</para>
/// <para>Differs from the authors' code: posterizing, sharpening, solarizing and contrast stretching (the augmentation <c>photometric</c>) are left out of
/// these views, the recipes for ImageNet have them; with <c>paper</c>, both terms share their negatives, as there; negatives and orders belong to the image and
/// epoch (<see cref="BankDraws"/>). The paper's bank begins with embeddings (<c>bankStart: forward-pass</c>).</para>
/// </remarks>
[Plugin("pirl", Options = typeof(PIRLOptions), Summary = "An image and its shuffled tiles match one row of a memory bank.", Family = "memory",
    Paper = "Self-Supervised Learning of Pretext-Invariant Representations", Authors = "Misra, van der Maaten", Venue = "CVPR", Year = 2020,
    ArXiv = "1912.01991")]
public sealed class PIRL : Module, IMethod, IEpochPhase, IGathered, IBatchCoupled
{
    private const int Grid = 3, Tiles = Grid * Grid;

    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> imageHead, tileHead, joinHead;
    private readonly ImageBank bank;
    private readonly PartitionConstant partition;
    private readonly InvarianceContrast _contrast;
    private readonly PIRLOptions _options;
    private readonly SampleRandom _random;
    private readonly ViewBuilder _view;

    /// <summary>Builds heads and bank on a backbone.</summary>
    public PIRL(IBackbone backbone, PIRLOptions options, RunInfo run)
        : base(nameof(PIRL))
    {
        (this.backbone, _options, _random, _view) = (backbone, options, new(run), new(run.ImageSize));
        imageHead = ProjectionHead.LinearOrMlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
        tileHead = ProjectionHead.LinearOrMlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
        joinHead = ProjectionHead.LinearLayer(Tiles * options.ProjectionDim, options.ProjectionDim);
        (bank, partition) = (new(run.Data.Count, options.ProjectionDim, run.Seed, options.BankMomentum), new());
        _contrast = new(bank, partition, options, run);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <summary>The image, then its tiles row by row: of one crop of 255 pixels for an image of 224, 64 in cells of 85, in proportion otherwise.</summary>
    public ViewPlan Views
    {
        get
        {
            var cell = _view.ImageSize * (_view.IsSmall ? 210 : 255) / 224 / Grid;   // ours on small images: 30 of 32 pixels, tiles of 8 in cells of 10
            var tile = ((cell * 64) + 84) / 85;                                      // rounded up
            AugmentationSpec[] colours = [Jitter(0.4, 0.4, 0.4, 0.2, probability: 1), Grayscale(), Flip()];
            var tiles = Enumerable.Range(0, Tiles).Select(i => View([SharedCrop(cell * Grid, 0.6, view: 1), CellCrop(tile, Grid, i), .. colours]));

            return new([View([_view.Crop(0.08), .. colours]), .. tiles]);
        }
    }

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.ReducedStatistics;

    /// <inheritdoc/>
    public string BatchCoupling => PartitionConstant.Coupling;   // with NCE; the other losses have no Z

    /// <inheritdoc/>
    public bool IsNeeded => _options.BankStart == BankStart.ForwardPass;

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch == 0;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context) => _contrast.BeforeEpoch(context, Embed);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var f = Rows.Unit(Embed(batch.Views[0]));                                                                             // [N, D]
        var tiles = CropGroups.Encode([.. batch.Views.Skip(1)], images => tileHead.call(backbone.call(images)));              // 9 of [N, D]
        var g = Rows.Unit(joinHead.call(InRandomOrder(tiles, _random.Of(batch, context, InvarianceContrast.OfMethod))));      // [N, D]

        return _contrast.Step(f, g, _options.PatchWeight, "tile", batch, context);
    }

    private Tensor Embed(Tensor images) => imageHead.call(backbone.call(images));

    /// <summary>The tiles of each image side by side, in an order of its own.</summary>
    private static Tensor InRandomOrder(IReadOnlyList<Tensor> tiles, IReadOnlyList<CounterRandom> randoms)
    {
        var orders = new long[randoms.Count * Tiles];
        for (var i = 0; i < randoms.Count; i++)
        {
            var random = randoms[i];
            var order = orders.AsSpan(i * Tiles, Tiles);
            Enumerable.Range(0, Tiles).Select(tile => (long)tile).ToArray().CopyTo(order);
            random.Shuffle(order);
        }

        var all = stack(tiles, 1);                                                                   // [N, 9, D]
        var chosen = tensor(orders, [randoms.Count, Tiles, 1], dtype: int64, device: all.device);    // [N, 9, 1]

        return all.gather(1, chosen.expand(-1, -1, all.shape[2])).flatten(1);                        // [N, 9 D]
    }
}
