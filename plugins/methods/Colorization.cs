using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of colorization, section <c>method</c> of a recipe.</summary>
public sealed record ColorizationOptions : IRunRequirements
{
    /// <summary>Step of the grid of colours in units of a and b of Lab, a multiple of 10. Paper: 10, with 313 colours; 20 has 78.</summary>
    [Range(10, 100)]
    public int BinWidth { get; init; } = 10;

    /// <summary>Colours that have a share in the target of a pixel: the nearest. Authors' code: 10; paper: 5.</summary>
    [Range(1, 313)]
    public int Neighbours { get; init; } = 10;

    /// <summary>Deviation of the Gaussian by which they share, in units of a and b of Lab, above 0. Paper, section 2.1: 5.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Sigma { get; init; } = 5;

    /// <summary>How even the weights of frequent and rare colours are, a fraction in [0, 1]; at 1 all pixels count alike, and nothing is counted before. Paper,
    /// section 2.2: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double EvenShare { get; init; } = 0.5;

    /// <summary>An image whose |a| and |b| are nowhere above this is grey and left out. Authors' code: 5.</summary>
    [Range(0.0, 128.0)]
    public double GreyThreshold { get; init; } = 5;

    /// <summary>Pixels per side of a cell whose colour is predicted: that of its first pixel. Authors' code: 4, with AlexNet 8.</summary>
    [Range(1, 1024)]
    public int TargetStride { get; init; } = 4;

    /// <summary>Channels of the decoder's hidden layers. Authors' code: 256, with AlexNet 4096.</summary>
    [Range(1, 65536)]
    public int DecoderDim { get; init; } = 256;

    /// <summary>Layers of the decoder: plain, ours; overlapping as the authors' code, with AlexNet dilated.</summary>
    public MapDecoderForm Decoder { get; init; } = MapDecoderForm.Plain;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        foreach (var fault in RgbViews.Faults("colorization", run))
        {
            yield return fault;
        }

        if (BinWidth % 10 != 0)
        {
            yield return $"method.binWidth is {BinWidth}; expected a multiple of 10, on which the colours of sRGB are known.";
        }
        else if (Neighbours > ColourBins.CountOf(BinWidth))
        {
            yield return $"method.neighbours is {Neighbours}, but with method.binWidth {BinWidth} there are {ColourBins.CountOf(BinWidth)} colours. Lower "
                + "the one or the other.";
        }
    }
}

/// <summary>Predicts the colours of an image from its lightness, as a distribution over 313 colours for every pixel.</summary>
/// <remarks>
/// <para>Zhang et al., "Colorful Image Colorization", ECCV 2016, section 2, https://arxiv.org/abs/1603.08511. The backbone sees L of Lab alone, also in
/// evaluations. The target of a pixel are the nearest of the <see cref="ColourBins"/> (<see cref="ColourClasses.Soft"/>), the loss is its cross-entropy
/// (<see cref="ColorizationLoss"/>), in which rare colours count more (<see cref="ColourWeights"/>).</para>
/// <para>How frequent colours are is counted before the first epoch, at 4 x 4 pixels of every training image; the authors counted ImageNet's once for all.
/// Until then all count alike. Ours: L is given as (L - 50) / 100, the decoder is a <see cref="MapDecoder"/> on the last map of the backbone.
/// The paper's main network is the backbone <c>vgg-dilated</c> with <c>decoder: overlapping</c>, that for features <c>alexnet</c> with <c>decoder: dilated</c>.
/// Probes see images of the run's size, where the authors train AlexNet on 180 pixels and probe it on 227.</para>
/// </remarks>
[Plugin("colorization", Options = typeof(ColorizationOptions), Summary = "Predicts the colours of every pixel from lightness, as a distribution over classes.",
    Taxonomy = "generation-based: colorization", PseudoLabel = "continuous map",
    Family = "pretext", Paper = "Colorful Image Colorization", Authors = "Zhang, Isola, Efros", Venue = "ECCV", Year = 2016, ArXiv = "1603.08511")]
public sealed class Colorization : Module, IMethod, IEpochPhase, IPictures
{
    private const int CountedPerSide = 4;

    private readonly IBackbone backbone;
    private readonly MapDecoder decoder;
    private readonly Tensor centres, weights;   // [Q, 2] and [Q]
    private readonly ColorizationOptions _options;
    private readonly RgbViews _rgb;
    private readonly ViewBuilder _view;

    /// <summary>Builds the decoder on a backbone that sees lightness; all colours count alike until the first epoch.</summary>
    /// <exception cref="ConfigurationException">The backbone has no feature maps.</exception>
    public Colorization(ChannelBackboneFactory backbones, ColorizationOptions options, RunInfo run)
        : base(nameof(Colorization))
    {
        (_options, _rgb, _view) = (options, new(run.Data), new(run.ImageSize));
        backbone = ColourTrunks.Lightness(backbones, run.Data);
        centres = ColourBins.Centres(options.BinWidth);
        weights = ones(centres.shape[0], dtype: float32);
        decoder = new(backbone.LastMap(), options.DecoderDim, ColourBins.CountOf(options.BinWidth), options.TargetStride, options.Decoder);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([_view.CutAndFlipped(256.0 / 176)]);

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch == 0 && _options.EvenShare < 1;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context)
    {
        if (!IsDue(context.Epoch))
        {
            return;
        }

        using var scope = NewDisposeScope();
        var values = context.Features.Extract(images => ColourClasses.Hard(Sparse(Colours(images)), centres).flatten(1).to(float32));   // [count, 16]
        var colours = values.to(int64);
        var prior = ColourWeights.Prior(colours, centres.cpu(), _options.Sigma);                                                       // [Q]
        weights.copy_(ColourWeights.OfColours(prior, _options.EvenShare));
        context.Logger.LogInformation(
            "{Occurring} of {Colours} colours occur in the training images; they count {Least:F2} to {Most:F2} times.",
            colours.flatten().bincount(null).count_nonzero().item<long>(), centres.shape[0], weights[prior.argmax()].item<float>(),
            weights.max().item<float>());
    }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var ab = ColourClasses.Every(Colours(batch.Views[0]), _options.TargetStride);                    // [N, 2, h, w]
        var target = ColourClasses.Soft(ab, centres, _options.Neighbours, _options.Sigma);               // [N, Q, h, w]
        var likeliest = target.argmax(1);                                                                // [N, h, w]
        var map = backbone.Maps(batch.Views[0])[^1];                                                     // [N, F, h', w']
        var logits = decoder.Predict(map, ab);                                                           // [N, Q, h, w]
        var nonGrey = ColourWeights.NonGrey(ab, _options.GreyThreshold);                                 // [N]

        return new(ColorizationLoss.Compute(logits, target, ColourWeights.OfPixels(weights, likeliest), nonGrey))
        {
            Embedding = map.mean([2, 3]),
            Diagnostics = [new("colour_accuracy", logits.detach().argmax(1).eq(likeliest).to(float32).mean()), new("nongrey_share", nonGrey.mean())],
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context)
    {
        var views = batch.Views[0];
        var logits = decoder.Predict(backbone.Maps(views)[^1], ColourClasses.Every(views, _options.TargetStride));   // [N, Q, h, w]

        return ColourPictures.Of(views, _rgb.Of(views), logits, centres);
    }

    private Tensor Colours(Tensor views) => Lab.FromRgb(_rgb.Of(views)).narrow(1, 1, 2);                 // [N, 2, H, W]

    // The middles of 4 x 4 equal parts of the image. [N, 2, 4, 4]
    private static Tensor Sparse(Tensor ab) => ab.index_select(2, Middles(ab.shape[2], ab.device)).index_select(3, Middles(ab.shape[3], ab.device));

    private static Tensor Middles(long side, Device device) =>
        tensor(Enumerable.Range(0, CountedPerSide).Select(part => side * ((2 * part) + 1) / (2 * CountedPerSide)).ToArray()).to(device);
}
