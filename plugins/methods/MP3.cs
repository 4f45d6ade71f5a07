using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of MP3, section <c>method</c> of a recipe.</summary>
public sealed record MP3Options
{
    /// <summary>Share of the patches that no patch attends to, a fraction in [0, 1). From memory of the paper: 0.75, on CIFAR-100 and on ImageNet.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double MaskRatio { get; init; } = 0.75;

    /// <summary>Share of the target that is spread evenly over all places, a fraction in [0, 1). Ours: 0.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double LabelSmoothing { get; init; }
}

/// <summary>A transformer without positions predicts the place of every patch; all attend to the same random few of them only.</summary>
/// <remarks>
/// <para>Zhai et al., "Position Prediction as an Effective Pretraining Strategy", ICML 2022, https://arxiv.org/abs/2207.07611: queries are all patches, keys
/// and values those of a random context; then a linear layer over the L places, see <see cref="PositionLoss"/>. Guessing gives ln L.</para>
/// <para>The authors published no code. Ours: an image has one context for all layers, which is attended to as the current layer sees it; public
/// implementations draw one per layer, or attend to the embeddings before the first. A class token, where the backbone has one, is in every context, has no
/// position, and is left out of the loss.</para>
/// <para>The backbone must not add positions by itself, or evaluations would add what training never had: <c>backbone.positions: none</c>. Its features
/// should be those of the patches (<c>pooling: average</c>). A convolutional stem, which would give the answer away, is refused, and so are
/// relative positions, which evaluations would add too.</para>
/// </remarks>
[Plugin("mp3", Options = typeof(MP3Options), Backbone = typeof(IPatchSequenceBackbone),
    Taxonomy = "context-based: spatial structure", PseudoLabel = "discrete class",
    Summary = "Predicts the place of every patch from patches without positions.",
    Family = "masked", Paper = "Position Prediction as an Effective Pretraining Strategy",
    Authors = "Zhai, Jaitly, Ramapuram, Busbridge, Likhomanenko, Cheng, Talbott, Huang, Goh, Susskind", Venue = "ICML", Year = 2022, ArXiv = "2207.07611")]
public sealed class MP3 : Module, IMethod, IRunRequirements
{
    private readonly IPatchSequenceBackbone backbone;
    private readonly Module<Tensor, Tensor> head;
    private readonly MP3Options _options;
    private readonly SampleRandom _random;
    private readonly ViewBuilder _view;
    private readonly int _places;

    /// <summary>Builds the head on a backbone.</summary>
    public MP3(BackboneFactory backbones, MP3Options options, RunInfo run)
        : base(nameof(MP3))
    {
        (_options, _random, _view) = (options, new(run), new(run.ImageSize));
        backbone = backbones.Sequences();
        _places = PatchGrid.Count(backbone, run.ImageSize);
        head = Linear(backbone.TokenDim, _places);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.Crop(0.2, bicubic: true), Flip())]);   // "random crops and flips"; their numbers are MAE's for ImageNet

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var patches = backbone.EmbedPatches(batch.Views[0]);                                                     // [N, h, w, D]
        var noise = SampleNoise.Uniform(_random.Of(batch, context), _places);                                    // [N, L]
        var attended = RandomMasking.Of(noise, _options.MaskRatio).Visible.to(patches.device);                   // [N, M]
        var tokens = backbone.Encode(patches, new() { HasPositions = false, Context = attended });               // [N, P + L, D]
        var logits = head.call(backbone.Normalise(PatchGrid.WithoutPrefix(backbone, tokens)));                   // [N, L, L]

        return new(PositionLoss.Compute(logits, _options.LabelSmoothing)) { Diagnostics = [new("position_accuracy", PositionLoss.Accuracy(logits))] };
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        foreach (var fault in PatchGrid.Faults(_places, _options.MaskRatio, "method.maskRatio"))
        {
            yield return fault;
        }

        if (PositionLeaks.InEmbeddings(backbone, run))
        {
            yield return "The backbone's embeddings of patches depend on their place, as behind a convolutional stem, which gives the answer away. Take a "
                + "backbone that embeds every patch by itself, such as vit.";
            yield break;
        }

        if (PositionLeaks.HasRelativeTable(backbone))
        {
            yield return "backbone.relativePositions gives the backbone tables of positions, but the method trains without them: evaluations would add what "
                + "training never had. Set backbone.relativePositions to none.";
        }

        if (PositionLeaks.HasTable(backbone, PatchGrid.Side(backbone, run.ImageSize)))
        {
            yield return "backbone.positions gives the backbone a table of positions, but the method trains without it: evaluations would add what training "
                + "never had. Set backbone.positions to none.";
        }
    }
}
