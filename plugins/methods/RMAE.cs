using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of R-MAE, section <c>method</c> of a recipe.</summary>
public sealed record RMAEOptions : MaskedAutoencoderOptions
{
    /// <summary>Blocks of the decoder. MAE, section 4.1: 8.</summary>
    [Range(0, 1024)]
    public override int DecoderDepth { get; init; } = 8;

    /// <summary>Factor on the reconstruction by the view that sees the patches in question, not negative; without it the loss can be won by a constant. Ours:
    /// 1.</summary>
    [Range(0.0, 1000.0)]
    public double ReconstructionWeight { get; init; } = 1;

    /// <summary>Whether the decoding of that view carries no gradient into the similarity. Ours: it does carry one.</summary>
    public bool StopGradient { get; init; }
}

/// <summary>MAE as a siamese method: two complementary occlusions of an image shall be decoded alike where the first of them sees nothing.</summary>
/// <remarks>
/// <para>After Kong and Zhang, "Understanding Masked Image Modeling via Learning Occlusion Invariant Feature" (RelaxMIM), CVPR 2023,
/// https://arxiv.org/abs/2208.04164, who read MAE's loss |D(E(x M)) - x (1 - M)| as a distance between two occluded views, with x (1 - M) near
/// D'(E(x (1 - M))).</para>
/// <para>The exact form is ours, as no code is published: loss = |D(E(x M)) - D(E(x (1 - M)))|² + weight · |D(E(x (1 - M))) - x|², both as in MAE over the
/// patches that M hides, with one encoder and one decoder.</para>
/// </remarks>
[Plugin("r-mae", Options = typeof(RMAEOptions), Backbone = typeof(IPatchSequenceBackbone), Family = "masked",
    Taxonomy = "generation-based: inpainting", PseudoLabel = "continuous map",
    Summary = "MAE as a siamese method: complementary parts of an image are decoded alike. Our form of RelaxMIM.",
    Paper = "Understanding Masked Image Modeling via Learning Occlusion Invariant Feature", Authors = "Kong, Zhang", Venue = "CVPR", Year = 2023,
    ArXiv = "2208.04164")]
public sealed class RMAE : Module, IMethod, IPictures, IRunRequirements
{
    private readonly IPatchSequenceBackbone backbone;
    private readonly MaskedAutoencoderDecoder decoder;
    private readonly MaskedAutoencoder _autoencoder;
    private readonly RMAEOptions _options;

    /// <summary>Builds the decoder on a backbone.</summary>
    public RMAE(BackboneFactory backbones, RMAEOptions options, RunInfo run)
        : base(nameof(RMAE))
    {
        (backbone, _options) = (backbones.Sequences(), options);
        _autoencoder = new(backbone, options, run);
        decoder = _autoencoder.Decoder();
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => _autoencoder.Views;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var images = batch.Views[0];
        var mask = _autoencoder.Mask(batch, context);
        var complement = mask.Complement();
        var tokens = _autoencoder.Encode(images, mask.Visible);                                           // [N, P + K, D]
        var others = _autoencoder.Encode(images, complement.Visible);                                     // [N, P + L - K, D]
        var fromVisible = decoder.call(tokens, mask.Restore);                                             // [N, L, p p C]
        var fromHidden = decoder.call(others, complement.Restore);                                        // [N, L, p p C]
        var compared = _options.StopGradient ? fromHidden.detach() : fromHidden;

        var similarity = HiddenPatchLoss.Compute(fromVisible, compared, mask.Hidden);                     // []
        var reconstruction = HiddenPatchLoss.Compute(fromHidden, _autoencoder.Target(images), mask.Hidden);   // []

        return new(similarity + (_options.ReconstructionWeight * reconstruction))
        {
            Embedding = _autoencoder.Mean(tokens),
            Positive = _autoencoder.Mean(others),
            Diagnostics = [new("similarity_loss", similarity.detach()), new("reconstruction_loss", reconstruction.detach())],
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context) => _autoencoder.Pictures(batch, context, decoder);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => _autoencoder.Faults();
}
