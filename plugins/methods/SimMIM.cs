using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SimMIM, section <c>method</c> of a recipe.</summary>
public sealed record SimMIMOptions
{
    /// <summary>Share of the squares that are hidden, a fraction in [0, 1). Paper, section 4.1: 0.6.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double MaskRatio { get; init; } = 0.6;

    /// <summary>Side of a square in pixels, a multiple of the backbone's patches. Paper, section 4.1: 32, for images of 192 or 224 pixels.</summary>
    [Range(1, 1024)]
    public int MaskPatchSize { get; init; } = 32;
}

/// <summary>Predicts the raw pixels of hidden squares, by one linear layer on the tokens of a transformer that sees a learned vector in their place.</summary>
/// <remarks>
/// Xie et al., "SimMIM: a Simple Framework for Masked Image Modeling", CVPR 2022, section 3, https://arxiv.org/abs/2111.09886: large random squares are hidden
/// behind the patch embedding, the head is a 1x1 convolution that gives the pixels of each token, the loss is <see cref="SimMIMLoss"/>.
/// </remarks>
[Plugin("simmim", Options = typeof(SimMIMOptions), Backbone = typeof(ITokenBackbone), Family = "masked",
    Summary = "Predicts raw pixels of large hidden squares with a linear layer, on Swin or a vision transformer.",
    Paper = "SimMIM: a Simple Framework for Masked Image Modeling", Authors = "Xie, Zhang, Cao, Lin, Bao, Yao, Dai, Hu", Venue = "CVPR", Year = 2022,
    ArXiv = "2111.09886")]
public sealed class SimMIM : Module, IMethod, IParameterGroups, IRunRequirements
{
    private const double TokenStd = 0.02;
    private static readonly string[] _notDecayed = ["mask_token", "cls_token", "pos_embed", "relative_position_bias_table"];   // authors' code

    private readonly ITokenBackbone backbone;
    private readonly Parameter mask_token;
    private readonly Module<Tensor, Tensor> decoder;
    private readonly SimMIMOptions _options;
    private readonly ViewBuilder _view;
    private readonly SampleRandom _random;

    /// <summary>Builds mask token and decoder on a backbone.</summary>
    public SimMIM(BackboneFactory backbones, SimMIMOptions options, RunInfo run)
        : base(nameof(SimMIM))
    {
        (backbone, _options, _view, _random) = (backbones.Tokens(), options, new(run.ImageSize), new(run));
        var side = backbone.TokenStride;
        mask_token = MaskToken.Create(backbone.PatchDim, TokenStd);
        decoder = Sequential(Conv2d(backbone.TokenDim, side * side * run.Data.Channels, 1), PixelShuffle(side));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.Crop(0.67), Flip())]);   // authors' code

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules =>
        [new(p => _notDecayed.Any(name => p.Name.EndsWith(name, StringComparison.Ordinal)), WeightDecayScale: 0)];

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        if (_options.MaskPatchSize % backbone.PatchSize != 0)
        {
            yield return $"method.maskPatchSize is {_options.MaskPatchSize}, but the backbone's patches have {backbone.PatchSize} pixels (backbone.patchSize). "
                + "Expected a multiple of that.";
        }

        if (run.ImageSize % backbone.TokenStride != 0)
        {
            yield return $"data.imageSize is {run.ImageSize}, but a token stands for {backbone.TokenStride} x {backbone.TokenStride} pixels. Expected a "
                + "multiple of that; else lower backbone.patchSize.";
        }

        foreach (var fault in MaskGrid.Faults(run.ImageSize, _options.MaskPatchSize, "method.maskPatchSize", _options.MaskRatio))
        {
            yield return fault;
        }
    }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var images = batch.Views[0];                                                               // [N, C, H, W]
        var hidden = Hidden(batch, context, images).to(images.device);                             // [N, g, g]
        var patches = MaskToken.Hide(backbone.EmbedPatches(images), hidden, mask_token);           // [N, h, w, P]
        var tokens = backbone.Encode(patches);                                                     // [N, P + L, D]
        var reconstructions = decoder.call(Map(backbone.Normalise(tokens), images));               // [N, C, H, W]

        return new(SimMIMLoss.Compute(reconstructions, images, hidden));
    }

    private Tensor Hidden(Batch batch, StepContext context, Tensor images)
    {
        var (rows, columns) = (images.shape[2] / _options.MaskPatchSize, images.shape[3] / _options.MaskPatchSize);
        var noise = SampleNoise.Uniform(_random.Of(batch, context), rows * columns);               // [N, g g]

        return RandomMasking.Of(noise, _options.MaskRatio).Hidden.view(-1, rows, columns);
    }

    /// <summary>The tokens of patches as a map: [N, D, h', w'].</summary>
    private Tensor Map(Tensor tokens, Tensor images) => tokens.narrow(1, backbone.PrefixTokens, tokens.shape[1] - backbone.PrefixTokens).transpose(1, 2)
        .reshape(tokens.shape[0], tokens.shape[2], images.shape[2] / backbone.TokenStride, images.shape[3] / backbone.TokenStride);
}
