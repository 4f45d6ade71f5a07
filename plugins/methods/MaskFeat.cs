using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of MaskFeat, section <c>method</c> of a recipe.</summary>
public sealed record MaskFeatOptions
{
    /// <summary>Share of the patches that shall be hidden, a fraction in (0, 1). Paper, section 4.1: 0.4.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double MaskRatio { get; init; } = 0.4;

    /// <summary>Smallest area of a hidden rectangle in patches, before rounding; 0 takes the 15 of 14 x 14 patches of the authors' code, in proportion, but
    /// at least 1.</summary>
    [Range(0.0, 65536.0)]
    public double MinBlockPatches { get; init; }

    /// <summary>Bins of directions over half a turn. Paper, section 3.2: 9.</summary>
    [Range(1, 360)]
    public int Bins { get; init; } = 9;

    /// <summary>Histograms per side of a patch. Paper, section 3.2: 2, cells of 8 pixels in patches of 16.</summary>
    [Range(1, 64)]
    public int CellsPerPatch { get; init; } = 2;

    /// <summary>Side in pixels of tiles in which a Gaussian weighs the gradients, a divisor of the images' side; 0 weighs none. Authors' code: 0; OpenMMLab's:
    /// 16.</summary>
    [Range(0, 2048)]
    public int GaussianWindow { get; init; }
}

/// <summary>Predicts histograms of oriented gradients of hidden patches, from a transformer that sees a learned vector in their place.</summary>
/// <remarks>
/// Wei et al., "Masked Feature Prediction for Self-Supervised Visual Pre-Training", CVPR 2022, https://arxiv.org/abs/2112.09133, on images, as in its code:
/// rectangles of patches are hidden (<see cref="BlockMasking"/>) before positions are added, one linear layer predicts the histograms
/// (<see cref="OrientedGradients"/>) of the normalised image, the loss is one mean over all hidden patches of the batch (<see cref="HiddenPatchLoss"/>).
/// </remarks>
[Plugin("maskfeat", Options = typeof(MaskFeatOptions), Backbone = typeof(IPatchSequenceBackbone), Family = "masked",
    Summary = "Predicts histograms of oriented gradients of hidden rectangles.",
    Paper = "Masked Feature Prediction for Self-Supervised Visual Pre-Training", Authors = "Wei, Fan, Xie, Wu, Yuille, Feichtenhofer", Venue = "CVPR",
    Year = 2022, ArXiv = "2112.09133")]
public sealed class MaskFeat : Module, IMethod, IPictures, IGathered, IBatchCoupled, IRunRequirements
{
    private const double TokenStd = 0.02, WeightStd = 0.02, MinBlockShare = 15.0 / (14 * 14);

    private readonly IPatchSequenceBackbone backbone;
    private readonly Parameter mask_token;
    private readonly Linear head;
    private readonly OrientedGradients _gradients;
    private readonly BlockMasking _blocks;
    private readonly MaskFeatOptions _options;
    private readonly SampleRandom _random;
    private readonly ViewBuilder _view;
    private readonly int _channels;

    /// <summary>Builds mask token and head on a backbone.</summary>
    public MaskFeat(BackboneFactory backbones, MaskFeatOptions options, RunInfo run)
        : base(nameof(MaskFeat))
    {
        (backbone, _options, _random, _view, _channels) = (backbones.Sequences(), options, new(run), new(run.ImageSize), run.Data.Channels);
        var side = PatchGrid.Side(backbone, run.ImageSize);
        var smallest = options.MinBlockPatches > 0 ? options.MinBlockPatches : Math.Max(1, MinBlockShare * side * side);
        _blocks = new(side, side) { MinPatches = smallest };
        _gradients = new(options.Bins, Math.Max(1, backbone.TokenStride / options.CellsPerPatch), options.GaussianWindow);
        mask_token = MaskToken.Create(backbone.PatchDim, TokenStd);
        head = Linear(backbone.TokenDim, _channels * options.Bins * options.CellsPerPatch * options.CellsPerPatch);
        TruncatedNormal.Fill(head.weight!, WeightStd);
        init.zeros_(head.bias!);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.Crop(0.5, bicubic: true), Flip())]);

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.ReducedStatistics;

    /// <inheritdoc/>
    public string BatchCoupling => "The loss is one mean over the hidden patches of the whole batch, and their number differs from image to image.";

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var images = batch.Views[0];
        var hidden = Hidden(batch, context);                                            // [N, h, w]
        var tokens = Encode(images, hidden);                                            // [N, L, D]
        var count = context.Processes.Mean(hidden.sum()).clamp_min(1);                  // []

        return new(HiddenPatchLoss.Compute(head.call(tokens), Target(images), hidden.flatten(1), count))
        {
            Embedding = tokens.mean([1]),
            Diagnostics = [new("hidden_share", hidden.mean())],
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context)
    {
        var (images, hidden) = (batch.Views[0], Hidden(batch, context));
        var isHidden = hidden.flatten(1).unsqueeze(2).to(@bool);                        // [N, L, 1]
        var target = Target(images);                                                    // [N, L, values]
        var predicted = head.call(Encode(images, hidden)).to(float32);                  // [N, L, values]

        return
        [
            new("original", images),
            new("masked", HiddenPictures.Masked(images, hidden.flatten(1), backbone.TokenStride)),
            Drawn("gradients", target),
            Drawn("predicted", where(isHidden, predicted, target)),
        ];
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        if (backbone.TokenStride % _options.CellsPerPatch != 0)
        {
            yield return $"method.cellsPerPatch is {_options.CellsPerPatch}, but patches have {backbone.TokenStride} pixels per side (backbone.patchSize). "
                + "Expected a divisor of that.";
        }

        if (_options.GaussianWindow > 0 && run.ImageSize % _options.GaussianWindow != 0)
        {
            yield return $"method.gaussianWindow is {_options.GaussianWindow}, but images have {run.ImageSize} pixels per side (data.imageSize). Expected a "
                + "divisor of that, or 0.";
        }

        foreach (var fault in PatchGrid.SizeFaults(backbone, run.ImageSize).Concat(_blocks.Faults(HiddenCount, _options.MaskRatio, "method.minBlockPatches")))
        {
            yield return fault;
        }
    }

    private int HiddenCount => (int)Math.Round(_blocks.Height * _blocks.Width * _options.MaskRatio);

    private Tensor Hidden(Batch batch, StepContext context) =>
        _blocks.Draw(_random.Of(batch, context), HiddenCount).to(batch.Views[0].device);       // [N, h, w]

    private Tensor Encode(Tensor images, Tensor hidden)
    {
        var tokens = backbone.Encode(MaskToken.Hide(backbone.EmbedPatches(images), hidden, mask_token));   // [N, P + L, D]

        return PatchGrid.WithoutPrefix(backbone, backbone.Normalise(tokens));                  // [N, L, D]
    }

    private Tensor Target(Tensor images) => OrientedGradients.Rows(_gradients.Of(images), _options.CellsPerPatch);   // [N, L, values]

    private PictureColumn Drawn(string title, Tensor rows) =>
        new(title, GradientPictures.Draw(OrientedGradients.FromRows(rows, _channels, _options.CellsPerPatch))) { IsNormalised = false };
}
