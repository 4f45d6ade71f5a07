using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of MAE, section <c>method</c> of a recipe.</summary>
public sealed record MAEOptions : MaskedAutoencoderOptions
{
    /// <summary>Blocks of the decoder. Paper, section 4.1: 8.</summary>
    [Range(0, 1024)]
    public override int DecoderDepth { get; init; } = 8;
}

/// <summary>Encodes a quarter of the patches of an image and reconstructs the pixels of the others.</summary>
/// <remarks>
/// He et al., "Masked Autoencoders Are Scalable Vision Learners", CVPR 2022, section 3, https://arxiv.org/abs/2111.06377, and its code. The encoder never sees
/// hidden patches nor mask tokens, see <see cref="MaskedAutoencoder"/>; a small decoder gets both (<see cref="MaskedAutoencoderDecoder"/>), and its loss is
/// the squared error on hidden patches (<see cref="HiddenPatchLoss"/>). Fixed positions and first weights of the paper are options of the backbone
/// <c>vit</c>: <c>positions: sin-cos</c>, <c>init: mae</c>.
/// </remarks>
[Plugin("mae", Options = typeof(MAEOptions), Backbone = typeof(IPatchSequenceBackbone), Family = "masked",
    Taxonomy = "generation-based: inpainting", PseudoLabel = "continuous map",
    Summary = "Encodes a quarter of the patches and reconstructs the pixels of the others.",
    Paper = "Masked Autoencoders Are Scalable Vision Learners", Authors = "He, Chen, Xie, Li, Dollár, Girshick", Venue = "CVPR", Year = 2022,
    ArXiv = "2111.06377")]
public sealed class MAE : Module, IMethod, IPictures, IRunRequirements
{
    private readonly IPatchSequenceBackbone backbone;
    private readonly MaskedAutoencoderDecoder decoder;
    private readonly MaskedAutoencoder _autoencoder;

    /// <summary>Builds the decoder on a backbone.</summary>
    public MAE(BackboneFactory backbones, MAEOptions options, RunInfo run)
        : base(nameof(MAE))
    {
        backbone = backbones.Sequences();
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
        var tokens = _autoencoder.Encode(images, mask.Visible);        // [N, P + K, D]
        var predicted = decoder.call(tokens, mask.Restore);            // [N, L, p p C]

        return new(HiddenPatchLoss.Compute(predicted, _autoencoder.Target(images), mask.Hidden)) { Embedding = _autoencoder.Mean(tokens) };
    }

    /// <inheritdoc/>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context) => _autoencoder.Pictures(batch, context, decoder);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => _autoencoder.Faults();
}
