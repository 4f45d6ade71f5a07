using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Evaluators;

/// <summary>Settings of the attentive probe, <c>evaluation.attentive-probe</c> of a recipe.</summary>
public sealed record AttentiveProbeOptions
{
    /// <summary>Passes over the labelled images. Ours: 50.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 50;

    /// <summary>Images per step; all where there are fewer. Ours: 1024.</summary>
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 1024;

    /// <summary>Learning rate per 256 images of a batch. Ours: 0.00025, which is 0.001 for a batch of 1024.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double BaseLearningRate { get; init; } = 2.5e-4;

    /// <summary>Epochs over which the learning rate rises. Ours: 5.</summary>
    [Range(0.0, 100_000.0)]
    public double WarmupEpochs { get; init; } = 5;

    /// <summary>Weight decay. Ours: 0.1.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>Heads of the attention, a divisor of the tokens' width; 0 takes one for 64 channels, or one alone. El-Nouby et al.: 12 for ViT-B, the same
    /// rule.</summary>
    [Range(0, 256)]
    public int Heads { get; init; }

    /// <summary>Smallest share of an image's area in a crop, a fraction in (0, 1]. Ours: 0.3.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double CropScaleMin { get; init; } = 0.3;
}

/// <summary>
/// A classifier that pools the frozen patch tokens by attention: a learned query attends to them, and a linear layer classifies what it gathers. Measures
/// backbones whose pretraining made no feature of the whole image.
/// </summary>
/// <remarks>
/// El-Nouby et al., "Scalable Pre-training of Large Autoregressive Image Models", ICML 2024, section 3.3, https://arxiv.org/abs/2401.08541: batch
/// normalisation of the tokens without scale and shift, keys and values by linear layers without bias, one query. AdamW with the numbers of the options, which
/// are ours; crops and flips are drawn anew in each epoch. The tokens are those behind the final normalisation, without class token and registers.
/// </remarks>
/// <param name="options">Settings.</param>
[Plugin("attentive-probe", Backbone = typeof(ITokenBackbone), Options = typeof(AttentiveProbeOptions), Family = "attentive",
    Summary = "A learned query attends to the frozen patch tokens, a linear layer classifies.",
    Paper = "Scalable Pre-training of Large Autoregressive Image Models", Authors = "El-Nouby et al.", Venue = "ICML", Year = 2024, ArXiv = "2401.08541")]
public sealed class AttentiveProbe(AttentiveProbeOptions options) : ITrainingEvaluator, IEvaluationRequirements
{
    private const int HeadWidth = 64;

    /// <inheritdoc/>
    public ClassifierTraining Training => new(options.Epochs, options.BatchSize, options.BaseLearningRate)
    {
        WarmupEpochs = options.WarmupEpochs,
        WeightDecay = options.WeightDecay,
    };

    /// <inheritdoc/>
    public bool FreezesBackbone => true;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(IBackbone backbone)
    {
        if (TokenFeatures.Fault(backbone, FeatureTokens.Mean) is { } fault)
        {
            yield return fault;
        }
        else if (backbone is ITokenBackbone { TokenDim: var width } && width % Heads(width) != 0)
        {
            yield return $"heads is {options.Heads}, but the tokens are {width} wide. Expected a divisor, or 0.";
        }
    }

    /// <inheritdoc/>
    public IClassifier CreateClassifier(BackboneFactory copies, RunInfo run)
    {
        var (backbone, view) = (copies(), new ViewBuilder(run.ImageSize));
        if (Faults(backbone).ToList() is { Count: > 0 } faults)
        {
            throw new ConfigurationException(faults);
        }

        var tokens = (ITokenBackbone)backbone;
        var head = new AttentivePooling(tokens.TokenDim, Heads(tokens.TokenDim), run.Data.Classes.Count);

        return new FrozenClassifier(
            backbone, head, images => TokenFeatures.Patches(tokens, images), View(view.Crop(options.CropScaleMin, bicubic: true), Flip()));
    }

    private int Heads(int width) => options.Heads > 0 ? options.Heads : width % HeadWidth == 0 ? width / HeadWidth : 1;
}

/// <summary>A learned query that attends to tokens, and a linear layer.</summary>
internal sealed class AttentivePooling : Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-6, QueryStd = 0.02;

    private readonly Parameter query;
    private readonly Module<Tensor, Tensor> norm, k, v, linear;
    private readonly int _heads;

    public AttentivePooling(int width, int heads, int classes)
        : base(nameof(AttentivePooling))
    {
        _heads = heads;
        query = new Parameter(randn([1, 1, width]) * QueryStd);
        norm = BatchNorm1d(width, eps: Epsilon, affine: false);
        k = Linear(width, width, hasBias: false);
        v = Linear(width, width, hasBias: false);
        linear = Linear(width, classes);
        RegisterComponents();
    }

    /// <param name="input">Tokens, [N, L, D].</param>
    /// <returns>[N, classes].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (n, d) = (input.shape[0], input.shape[2]);
        var x = norm.call(input.transpose(1, 2)).transpose(1, 2);                                                   // [N, L, D]
        var attended = Attention.Attend(Split(query.expand(n, 1, d)), Split(k.call(x)), Split(v.call(x)));          // [N, H, 1, D/H]

        return linear.call(attended.reshape(n, d)).MoveToOuterDisposeScope();

        Tensor Split(Tensor tokens) => tokens.reshape(n, -1, _heads, d / _heads).transpose(1, 2);                   // [N, H, T, D/H]
    }
}
