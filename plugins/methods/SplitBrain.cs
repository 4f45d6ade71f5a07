using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>What the half that sees lightness predicts of a pixel's colour.</summary>
public enum ColourTargets
{
    /// <summary>The nearest colour.</summary>
    Hard,

    /// <summary>The nearest colours by their distances, as colorization: <see cref="ColourClasses.Soft"/>.</summary>
    Soft,
}

/// <summary>Settings of split-brain autoencoders, section <c>method</c> of a recipe.</summary>
public sealed record SplitBrainOptions : IRunRequirements
{
    /// <summary>Classes of equal width into which lightness is divided. Ours: 50; the authors' number is not known.</summary>
    [Range(2, 10_000)]
    public int LightnessBins { get; init; } = 50;

    /// <summary>What is predicted of colours: hard, the nearest one, or soft, a distribution over the nearest. Ours: hard; the paper's is not known.</summary>
    public ColourTargets Targets { get; init; } = ColourTargets.Hard;

    /// <summary>With soft targets: colours that have a share, the nearest. Colorization, authors' code: 10.</summary>
    [Range(1, 313)]
    public int Neighbours { get; init; } = 10;

    /// <summary>With soft targets: deviation of the Gaussian by which they share, in units of a and b of Lab, above 0. Colorization: 5.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Sigma { get; init; } = 5;

    /// <summary>Pixels per side of a cell whose colour and lightness are predicted: those of its first pixel. From memory of the paper: 16,
    /// 12 x 12 cells.</summary>
    [Range(1, 1024)]
    public int TargetStride { get; init; } = 16;

    /// <summary>Channels of the hidden layers of each decoder. Authors' code, half of AlexNet's: 2048; ours otherwise.</summary>
    [Range(1, 65536)]
    public int DecoderDim { get; init; } = 256;

    /// <summary>Layers of the decoders: plain, ours; dilated as the authors' code.</summary>
    public MapDecoderForm Decoder { get; init; } = MapDecoderForm.Plain;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => RgbViews.Faults("split-brain", run);
}

/// <summary>Two separate halves of a network: one predicts colours from lightness, the other lightness from colours; together they see the image.</summary>
/// <remarks>
/// <para>Zhang et al., "Split-Brain Autoencoders: Unsupervised Learning by Cross-Channel Prediction", CVPR 2017, section 3, https://arxiv.org/abs/1611.09842:
/// both predictions are classes, colours the nearest of the <see cref="ColourBins"/> or a distribution over them, without weights; the loss is the sum of both
/// cross-entropies (<see cref="SplitBrainLoss"/>). Features are those of both halves (<see cref="SplitBackbone"/>), each of which has the backbone's width:
/// half of the usual one compares with one network.</para>
/// <para>Ours: channels are given as (L - 50) / 100 and (a, b) / 110, so that both halves begin alike; the decoders are <see cref="MapDecoder"/>s on
/// the last maps. The paper's variant that regresses channels, and its pair of RGB and depth, are not here.</para>
/// </remarks>
[Plugin("split-brain", Options = typeof(SplitBrainOptions), Summary = "Predicts colours from lightness and lightness from colours, by separate halves.",
    Taxonomy = "generation-based: colorization", PseudoLabel = "continuous map",
    Family = "pretext", Paper = "Split-Brain Autoencoders: Unsupervised Learning by Cross-Channel Prediction", Authors = "Zhang, Isola, Efros",
    Venue = "CVPR", Year = 2017, ArXiv = "1611.09842")]
public sealed class SplitBrain : Module, IMethod, IPictures
{
    private const double HighestLightness = 100;

    private readonly SplitBackbone backbone;
    private readonly MapDecoder colourDecoder, lightnessDecoder;
    private readonly Tensor centres;   // [Q, 2]
    private readonly SplitBrainOptions _options;
    private readonly RgbViews _rgb;
    private readonly ViewBuilder _view;

    /// <summary>Builds two halves and their decoders.</summary>
    /// <exception cref="ConfigurationException">The backbone has no feature maps.</exception>
    public SplitBrain(ChannelBackboneFactory backbones, SplitBrainOptions options, RunInfo run)
        : base(nameof(SplitBrain))
    {
        (_options, _rgb, _view) = (options, new(run.Data), new(run.ImageSize));
        backbone = ColourTrunks.Split(backbones, run.Data);
        colourDecoder = new(backbone.Lightness.LastMap(), options.DecoderDim, ColourBins.Count, options.TargetStride, options.Decoder);
        lightnessDecoder = new(backbone.Colours.LastMap(), options.DecoderDim, options.LightnessBins, options.TargetStride, options.Decoder);
        centres = ColourBins.Centres();
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([_view.CutAndFlipped(256.0 / 180)]);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var views = batch.Views[0];
        var lab = ColourClasses.Every(Lab.FromRgb(_rgb.Of(views)), _options.TargetStride);                             // [N, 3, h, w]
        var colours = ColourTargetsOf(lab.narrow(1, 1, 2));                                                            // [N, h, w] or [N, Q, h, w]
        var lightness = LightnessClasses(lab.select(1, 0));                                                            // [N, h, w]
        var (ofLightness, ofColours) = (backbone.Lightness.Maps(views)[^1], backbone.Colours.Maps(views)[^1]);         // [N, F, h', w'] each
        var predictedColours = colourDecoder.Predict(ofLightness, lab);                                                // [N, Q, h, w]
        var predictedLightness = lightnessDecoder.Predict(ofColours, lab);                                             // [N, bins, h, w]
        var loss = SplitBrainLoss.Compute(predictedColours, predictedLightness, colours, lightness);

        return new(loss.Colours + loss.Lightness)
        {
            Embedding = cat([ofLightness.mean([2, 3]), ofColours.mean([2, 3])], 1),                                    // [N, 2 F]
            Diagnostics = [new("colour_loss", loss.Colours.detach()), new("lightness_loss", loss.Lightness.detach())],
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context)
    {
        var views = batch.Views[0];
        var grid = ColourClasses.Every(views, _options.TargetStride);                                                  // [N, 3, h, w]

        return ColourPictures.Of(views, _rgb.Of(views), colourDecoder.Predict(backbone.Lightness.Maps(views)[^1], grid), centres);
    }

    private Tensor ColourTargetsOf(Tensor ab) => _options.Targets == ColourTargets.Soft
        ? ColourClasses.Soft(ab, centres, _options.Neighbours, _options.Sigma) : ColourClasses.Hard(ab, centres);

    private Tensor LightnessClasses(Tensor lightness) =>
        (lightness * (_options.LightnessBins / HighestLightness)).floor().clamp(0, _options.LightnessBins - 1).to(int64);
}
