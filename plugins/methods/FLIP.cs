using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of FLIP, section <c>method</c> of a recipe.</summary>
public sealed record FLIPOptions : IValidatableObject, IRunRequirements
{
    /// <summary>Share of the patches that are hidden, a fraction in [0, 1); 0 encodes all, as the paper's last tuning. Paper, section 4.1: 0.5.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double MaskRatio { get; init; } = 0.5;

    /// <summary>Width D of the common space. Authors' code: 512 for ViT-B, 768 for ViT-L, 1024 for ViT-H.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 512;

    /// <summary>Width of the text encoder, a multiple of its heads. Authors' code: 512 with ViT-B, 768 with ViT-L, 1024 with ViT-H.</summary>
    [Range(1, 65536)]
    public int TextWidth { get; init; } = 512;

    /// <summary>Blocks of the text encoder. Authors' code: 12, 24 with ViT-H.</summary>
    [Range(1, 1024)]
    public int TextDepth { get; init; } = 12;

    /// <summary>Heads of the text encoder's attention. Authors' code: 8 with ViT-B, 12 with ViT-L, 16 with ViT-H.</summary>
    [Range(1, 256)]
    public int TextHeads { get; init; } = 8;

    /// <summary>How captions become tokens.</summary>
    public TokenizerOptions Tokenizer { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TextWidth % TextHeads != 0)
        {
            yield return new($"method.textHeads is {TextHeads}, but method.textWidth is {TextWidth}. Expected a divisor of the width.", [nameof(TextHeads)]);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        if (run.Data.Captions == CaptionOrigin.None)
        {
            yield return $"method.name is flip, which learns from captions, but '{run.Data.Location}' has none; packed files never have. Take images with "
                + "captions (data.name: image-text), or captions made from class names (data.name: class-captions).";
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Notes(RunInfo run) => run.Data.Captions == CaptionOrigin.ClassNames
        ? [$"data.name is {run.Data.Name}, where captions are made from class names: the method learns from labels, and its numbers are not those of a method "
            + "without them."]
        : [];
}

/// <summary>Contrasts images with their captions, as CLIP, and hides half of the patches: about twice as many images in the same time.</summary>
/// <remarks>
/// <para>Li et al., "Scaling Language-Image Pre-training via Masking", CVPR 2023, https://arxiv.org/abs/2212.00794, and the authors' code: image features are
/// the mean of all normalised tokens, class token included; one linear layer without bias per side; <see cref="ImageTextLoss"/> over the whole batch, both
/// sides with gradients, both directions with one learned scale that starts at 1/0.07.</para>
/// <para>The paper's fixed positions (<c>sin-cos</c>) and pooling are options of the backbone; <see cref="TextTransformer"/> says how texts are encoded.
/// Hidden patches are drawn by seed, epoch and image.</para>
/// </remarks>
[Plugin("flip", Options = typeof(FLIPOptions), Summary = "Contrasts images, half of their patches hidden, with their captions.", Family = "image-text",
    Backbone = typeof(IPatchSequenceBackbone),
    Paper = "Scaling Language-Image Pre-training via Masking", Authors = "Li, Fan, Hu, Feichtenhofer, He", Venue = "CVPR", Year = 2023, ArXiv = "2212.00794")]
public sealed class FLIP : Module, IMethod, IImageTextEncoder, IBatchCoupled, IGathered, IParameterGroups, IRunRequirements
{
    private const double FirstTemperature = 0.07;

    private readonly IPatchSequenceBackbone backbone;
    private readonly Module<Tensor, Tensor> text, image_projection, text_projection;
    private readonly Parameter logit_scale;
    private readonly CaptionTokenizer _tokenizer;
    private readonly SampleRandom _random;
    private readonly FLIPOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds both encoders and their projections.</summary>
    /// <exception cref="ConfigurationException">A file of the tokenizer cannot be read.</exception>
    public FLIP(BackboneFactory backbones, FLIPOptions options, RunInfo run)
        : base(nameof(FLIP))
    {
        (_options, _view, _random, _tokenizer) = (options, new(run.ImageSize), new(run), CaptionTokenizer.Create(options.Tokenizer));
        backbone = backbones.Sequences();
        text = new TextTransformer(_tokenizer.VocabularySize, _tokenizer.Length, options.TextWidth, options.TextDepth, options.TextHeads);
        image_projection = Projection(backbone.TokenDim);
        text_projection = Projection(options.TextWidth);
        logit_scale = new Parameter(full([1], Math.Log(1 / FirstTemperature), float32));
        RegisterComponents();

        Linear Projection(long width)
        {
            var projection = Linear(width, options.ProjectionDim, hasBias: false);
            init.xavier_uniform_(projection.weight!);

            return projection;
        }
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.Crop(0.5), Flip())]);

    /// <inheritdoc/>
    public string BatchCoupling => "The captions of all other images of the batch are negatives of every image.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    /// <remarks>As the authors' code: no decay of class token, positions and scale; biases and normalisations are excluded by the optimizer's option.</remarks>
    public IReadOnlyList<ParameterRule> ParameterRules { get; } =
    [
        new(parameter => parameter.Name is nameof(logit_scale) || parameter.Name.EndsWith("cls_token", StringComparison.Ordinal)
            || parameter.Name.EndsWith("pos_embed", StringComparison.Ordinal), WeightDecayScale: 0),
    ];

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) =>
        PatchGrid.Faults(PatchGrid.Count(backbone, run.ImageSize), _options.MaskRatio, "method.maskRatio");

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var captions = batch.Captions ?? throw new ArgumentException("The batch has no captions; expected one for each image.", nameof(batch));
        var x = Project(batch.Views[0], patches => Visible(patches, batch, context));                   // [N, D]
        var y = EmbedTexts(captions);                                                                   // [N, D]
        var (images, texts) = (context.Processes.Gather(x), context.Processes.Gather(y));               // [M, D] of all processes
        var own = context.Processes.Own(arange(images.shape[0], dtype: int64, device: images.device));  // [N]
        var losses = ImageTextLoss.Compute(images, texts, logit_scale, own);

        return new(losses.Mean)
        {
            Embedding = x,
            Positive = y,
            Diagnostics = [new("logit_scale", ImageTextLoss.Scale(logit_scale).squeeze()), new("image_to_text", losses.ImageToText)],
        };
    }

    /// <inheritdoc/>
    public Tensor EmbedImages(Tensor images) => Project(images, _ => PatchSequence.Whole);

    /// <inheritdoc/>
    public Tensor EmbedTexts(IReadOnlyList<string> texts) =>
        text_projection.call(text.call(_tokenizer.Encode(texts).to(logit_scale.device)));               // [N, D]

    private Tensor Project(Tensor images, Func<Tensor, PatchSequence> choose)
    {
        var patches = backbone.EmbedPatches(images);                                                    // [N, h, w, D']
        var tokens = backbone.Normalise(backbone.Encode(patches, choose(patches)));                     // [N, 1 + K, D']

        return image_projection.call(tokens.mean([1]));                                                 // [N, D]
    }

    private PatchSequence Visible(Tensor patches, Batch batch, StepContext context)
    {
        if (_options.MaskRatio == 0)
        {
            return PatchSequence.Whole;
        }

        var noise = SampleNoise.Uniform(_random.Of(batch, context), patches.shape[1] * patches.shape[2]);   // [N, L]

        return new() { Visible = RandomMasking.Of(noise, _options.MaskRatio).Visible.to(patches.device) };
    }
}
