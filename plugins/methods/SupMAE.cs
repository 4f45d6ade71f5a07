using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SupMAE, section <c>method</c> of a recipe.</summary>
public sealed record SupMAEOptions : MaskedAutoencoderOptions, IRunRequirements
{
    /// <summary>Blocks of the decoder. Authors' code: 1.</summary>
    [Range(0, 1024)]
    public override int DecoderDepth { get; init; } = 1;

    /// <summary>Factor on the loss of the classes, not negative. Authors' code: 0.01.</summary>
    [Range(0.0, 1000.0)]
    public double ClassLossWeight { get; init; } = 0.01;

    /// <summary>Width of the classifier's hidden layer; 0 takes four times that of the tokens, which is the 3072 of the authors' code for ViT-B.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => LabelRequirements.Faults("supmae", run);
}

/// <summary>A masked autoencoder whose encoder also tells the class of an image from its visible patches. Uses labels, so it is no self-supervised
/// method.</summary>
/// <remarks>
/// Liang et al., "SupMAE: Supervised Masked Autoencoders Are Efficient Vision Learners", https://arxiv.org/abs/2205.14540, and its code: the loss of MAE, with
/// a decoder of one block, plus a small share of the cross-entropy of a classifier on the mean of the visible patches, without the class token. Images of
/// unknown class (-1) add 0 to the latter and count in its mean.
/// </remarks>
[Plugin("supmae", Options = typeof(SupMAEOptions), Backbone = typeof(IPatchSequenceBackbone), Family = "masked",
    Taxonomy = "generation-based: inpainting", PseudoLabel = "continuous map",
    Summary = "MAE that also learns classes from the visible patches. Uses labels.",
    Paper = "SupMAE: Supervised Masked Autoencoders Are Efficient Vision Learners", Authors = "Liang, Li, Marculescu", Venue = "arXiv", Year = 2022,
    ArXiv = "2205.14540")]
public sealed class SupMAE : Module, IMethod, IPictures, IRunRequirements
{
    private const int Unknown = -1, HiddenFactor = 4;

    private readonly IPatchSequenceBackbone backbone;
    private readonly MaskedAutoencoderDecoder decoder;
    private readonly Module<Tensor, Tensor> cls_head;
    private readonly MaskedAutoencoder _autoencoder;
    private readonly SupMAEOptions _options;

    /// <summary>Builds decoder and classifier on a backbone.</summary>
    /// <exception cref="ConfigurationException">The data set has no labels, or one class.</exception>
    public SupMAE(BackboneFactory backbones, SupMAEOptions options, RunInfo run)
        : base(nameof(SupMAE))
    {
        options.Require(run);
        (backbone, _options) = (backbones.Sequences(), options);
        _autoencoder = new(backbone, options, run);
        decoder = _autoencoder.Decoder();
        var hidden = options.HiddenDim == 0 ? HiddenFactor * backbone.TokenDim : options.HiddenDim;
        cls_head = Sequential(Linear(backbone.TokenDim, hidden), BatchNorm1d(hidden), ReLU(), Linear(hidden, run.Data.Classes.Count));
        LinearLayers.StartByGlorot(cls_head);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => _autoencoder.Views;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var labels = batch.Labels ?? throw new ArgumentException("SupMAE needs the labels of the batch.", nameof(batch));
        var images = batch.Views[0];
        var mask = _autoencoder.Mask(batch, context);
        var tokens = _autoencoder.Encode(images, mask.Visible);                                                       // [N, P + K, D]
        var h = _autoencoder.Mean(tokens);                                                                            // [N, D]
        var reconstruction = HiddenPatchLoss.Compute(decoder.call(tokens, mask.Restore), _autoencoder.Target(images), mask.Hidden);   // []

        using var precision = Precision.Float32();
        var logits = cls_head.call(h.to(float32));                                                                    // [N, classes]
        var classes = F.cross_entropy(logits, labels, ignore_index: Unknown, reduction: Reduction.Sum) / batch.Size;  // []

        return new(reconstruction + (_options.ClassLossWeight * classes))
        {
            Embedding = h,
            Diagnostics =
            [
                new("reconstruction_loss", reconstruction.detach()), new("class_loss", classes.detach()),
                new("accuracy", (logits.detach().argmax(1) == labels).to(float32).mean()),
            ],
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context) => _autoencoder.Pictures(batch, context, decoder);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => _autoencoder.Faults();
}
