using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of colorization by hue and chroma, section <c>method</c> of a recipe.</summary>
public sealed record ColorizationHueChromaOptions : IRunRequirements
{
    /// <summary>Classes of hue, and of chroma. Authors' code: 32.</summary>
    [Range(2, 1024)]
    public int Bins { get; init; } = 32;

    /// <summary>Side in pixels of the window whose histograms are predicted, odd; at 1 the classes of the pixel itself. Authors' code: 1; its other
    /// variant: 7.</summary>
    [Range(1, 255)]
    public int HistogramWindow { get; init; } = 1;

    /// <summary>Random pixels of each image whose colours are predicted. Authors' code: 128.</summary>
    [Range(1, 65536)]
    public int Places { get; init; } = 128;

    /// <summary>Least distance of them to the border, as a share of the shorter side in [0, 0.5). Authors' code: 32 of 224 pixels.</summary>
    [Range(0.0, 0.5, MaximumIsExclusive = true)]
    public double Border { get; init; } = 0.143;

    /// <summary>Width of the hidden layer. Authors' code: 1024.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 1024;

    /// <summary>Probability that a hidden unit is dropped, a fraction in [0, 1). Authors' code: 0.5.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>Weight of hue against chroma where classes are predicted. Authors' code: 5.</summary>
    [Range(0.0, 1000.0)]
    public double HueWeight { get; init; } = 5;

    /// <summary>Weight of half the squared weights of the three layers of the head in the loss. Authors' code: 0.000001.</summary>
    [Range(0.0, 1.0)]
    public double HeadDecay { get; init; } = 1e-6;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        foreach (var fault in RgbViews.Faults("colorization-hue-chroma", run))
        {
            yield return fault;
        }

        if (HistogramWindow % 2 == 0)
        {
            yield return $"method.histogramWindow is {HistogramWindow}; expected an odd number, so that a pixel is in the middle.";
        }

        var border = (int)(run.ImageSize * Border);
        if (border < HistogramWindow / 2)
        {
            yield return $"method.border is {Border.ToString(System.Globalization.CultureInfo.InvariantCulture)}, {border} of {run.ImageSize} pixels, but "
                + $"method.histogramWindow is {HistogramWindow} and needs {HistogramWindow / 2} around each place. Raise the one or lower the other.";
        }
    }
}

/// <summary>Predicts hue and chroma of random pixels of a grey image, from what all layers of the backbone have at their places.</summary>
/// <remarks>
/// <para>Larsson et al., "Colorization as a Proxy Task for Visual Understanding", CVPR 2017, https://arxiv.org/abs/1703.04044, and its code: hypercolumns
/// (<see cref="PixelPlaces"/>), one hidden layer, then a linear layer each for hue and chroma; see <see cref="HueChromaLoss"/>. The backbone sees the grey
/// image in three channels, also in evaluations. Images without chroma are left out of the loss.</para>
/// <para>Ours: the hypercolumn is that of the maps a backbone names; hidden units are dropped at all places of an image together. A cell's value stands for the
/// middle of its pixels, as it is in VGG, the paper's network. The authors give each layer its own offset: with strided 3x3 convolutions, as in ResNets,
/// cell i lies at the first of its pixels, up to half a cell aside, and in AlexNet elsewhere. A <see cref="FeatureStage"/> knows no offset.</para>
/// </remarks>
[Plugin("colorization-hue-chroma", Options = typeof(ColorizationHueChromaOptions), Summary = "Predicts hue and chroma of random pixels from hypercolumns.",
    Taxonomy = "generation-based: colorization", PseudoLabel = "continuous map",
    Family = "pretext", Paper = "Colorization as a Proxy Task for Visual Understanding", Authors = "Larsson, Maire, Shakhnarovich", Venue = "CVPR", Year = 2017,
    ArXiv = "1703.04044")]
public sealed class ColorizationHueChroma : Module, IMethod, IPictures
{
    private const double HiddenStd = 1e-4;         // authors' code
    private const double LeastChroma = 5 / 255.0;   // ours: below, an image is grey
    private const int PictureStride = 4;           // ours: pictures show the colour of one pixel of 4 x 4

    private readonly IBackbone backbone;
    private readonly Linear hidden, hueHead, chromaHead;
    private readonly ColorizationHueChromaOptions _options;
    private readonly SampleRandom _random;
    private readonly RgbViews _rgb;
    private readonly ViewBuilder _view;

    /// <summary>Builds the head on a backbone that sees grey images.</summary>
    /// <exception cref="ConfigurationException">The backbone has no feature maps.</exception>
    public ColorizationHueChroma(ChannelBackboneFactory backbones, ColorizationHueChromaOptions options, RunInfo run)
        : base(nameof(ColorizationHueChroma))
    {
        (_options, _random, _rgb, _view) = (options, new(run), new(run.Data), new(run.ImageSize));
        backbone = ColourTrunks.Grey(backbones, run.Data);
        backbone.RequireMaps();
        hidden = Linear(backbone.Stages.Sum(stage => stage.Channels), options.HiddenDim);
        (hueHead, chromaHead) = (Linear(options.HiddenDim, options.Bins), Linear(options.HiddenDim, options.Bins));
        init.normal_(hidden.weight!, 0, HiddenStd);
        init.zeros_(hidden.bias!);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([_view.CutAndFlipped(256.0 / 224)]);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var views = batch.Views[0];
        var (hue, chroma) = HueChroma.Of(_rgb.Of(views));                                                 // [N, H, W] each
        var places = Places(batch, context);                                                              // P per image
        var columns = places.Columns(backbone.Maps(views));                                               // [N, P, C]
        var h = Dropped(hidden.call(columns).relu(), batch, context).flatten(0, 1);                       // [N P, D]
        var isColoured = chroma.flatten(1).amax([1]).gt(LeastChroma).to(float32);                         // [N]
        var weights = isColoured.repeat_interleave(_options.Places);                                      // [N P]
        var loss = Compare(hueHead.call(h), chromaHead.call(h), (hue, chroma), places, weights);

        return new(loss.Hue + loss.Chroma + HeadPenalty())
        {
            Embedding = columns.mean([1]),
            Diagnostics = [new("hue_loss", loss.Hue.detach()), new("chroma_loss", loss.Chroma.detach()), new("coloured_share", isColoured.mean())],
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context)
    {
        var views = batch.Views[0];
        var (grey, grid) = (HueChroma.Grey(_rgb.Of(views)), ColourClasses.Every(views, PictureStride));   // [N, 1, H, W] and [N, 3, h, w]
        var h = hidden.call(PixelPlaces.Grid(views, PictureStride).Columns(backbone.Maps(views))).relu();   // [N, h w, D]
        var (hue, chroma) = HueChroma.Decoded(hueHead.call(h), chromaHead.call(h));                       // [N, h w] each
        var cells = stack([hue, chroma], 1).view(views.shape[0], 2, grid.shape[2], grid.shape[3]);        // [N, 2, h, w]
        var pixels = cells.repeat_interleave(PictureStride, 2).repeat_interleave(PictureStride, 3)
            .narrow(2, 0, views.shape[2]).narrow(3, 0, views.shape[3]);                                   // [N, 2, H, W]

        return
        [
            new("original", views),
            new("grey", grey) { IsNormalised = false },
            new("colorized", HueChroma.ToRgb(pixels.select(1, 0), pixels.select(1, 1), grey)) { IsNormalised = false },
        ];
    }

    private (Tensor Hue, Tensor Chroma) Compare(
        Tensor hueLogits, Tensor chromaLogits, (Tensor Hue, Tensor Chroma) pixels, PixelPlaces places, Tensor weights)
    {
        var (hueBins, chromaBins) = (HueChroma.Bins(pixels.Hue, _options.Bins), HueChroma.Bins(pixels.Chroma, _options.Bins));   // [N, H, W] each
        if (_options.HistogramWindow == 1)
        {
            return HueChromaLoss.OfClasses(
                hueLogits, chromaLogits, (places.Values(hueBins).flatten(), places.Values(pixels.Chroma).flatten(), places.Values(chromaBins).flatten()),
                _options.HueWeight, weights);
        }

        return HueChromaLoss.OfHistograms(hueLogits, chromaLogits, Histograms(hueBins), Histograms(chromaBins), weights);

        Tensor Histograms(Tensor bins) => HueChroma.Histograms(places.Windows(bins, _options.HistogramWindow).flatten(0, 1), _options.Bins);   // [N P, bins]
    }

    private PixelPlaces Places(Batch batch, StepContext context)
    {
        var views = batch.Views[0];
        var (height, width) = (views.shape[2], views.shape[3]);
        var border = (int)(Math.Min(height, width) * _options.Border);

        return PixelPlaces.Draw(_random.Of(batch, context), _options.Places, height, width, border).To(views.device);
    }

    private Tensor Dropped(Tensor units, Batch batch, StepContext context)
    {
        if (!training || _options.Dropout == 0)
        {
            return units;
        }

        var kept = SampleNoise.Uniform(_random.Of(batch, context, part: 1), _options.HiddenDim).ge(_options.Dropout).to(units.dtype).to(units.device);

        return units * (kept.unsqueeze(1) / (1 - _options.Dropout));                                      // [N, P, D]
    }

    private Tensor HeadPenalty()
    {
        using var precision = Precision.Float32();

        return (hidden.weight!.square().sum() + hueHead.weight!.square().sum() + chromaHead.weight!.square().sum()) * (_options.HeadDecay / 2);   // []
    }
}
