using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SimMIM, section <c>method</c> of a recipe.</summary>
public sealed record SimMIMOptions
{
    /// <summary>Share of the squares that are hidden, rounded up to whole squares, a fraction in (0, 1). Paper, section 4.1: 0.6.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double MaskRatio { get; init; } = 0.6;

    /// <summary>Side of a square in pixels, a multiple of the backbone's patches. Paper, section 4.1: 32, for images of 192 or 224 pixels.</summary>
    [Range(1, 1024)]
    public int MaskPatchSize { get; init; } = 32;
}

/// <summary>Predicts the raw pixels of hidden squares, by one linear layer on the tokens of a transformer that sees a learned vector in their place.</summary>
/// <remarks>
/// Xie et al., "SimMIM: a Simple Framework for Masked Image Modeling", CVPR 2022, section 3, https://arxiv.org/abs/2111.09886: large random squares are hidden
/// behind the patch embedding, their number rounded up; the head is a 1x1 convolution that gives the pixels of each token, the loss
/// is <see cref="SimMIMLoss"/>.
/// </remarks>
[Plugin("simmim", Options = typeof(SimMIMOptions), Backbone = typeof(ITokenBackbone), Family = "masked",
    Taxonomy = "generation-based: inpainting", PseudoLabel = "continuous map",
    Summary = "Predicts raw pixels of large hidden squares with a linear layer, on Swin or a vision transformer.",
    Paper = "SimMIM: a Simple Framework for Masked Image Modeling", Authors = "Xie, Zhang, Cao, Lin, Bao, Yao, Dai, Hu", Venue = "CVPR", Year = 2022,
    ArXiv = "2111.09886")]
public sealed class SimMIM : Module, IMethod, IPictures, IParameterGroups, IRunRequirements
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

        foreach (var fault in PatchGrid.SizeFaults(backbone, run.ImageSize)
            .Concat(MaskGrid.Faults(run.ImageSize, _options.MaskPatchSize, "method.maskPatchSize", _options.MaskRatio, Visible)))
        {
            yield return fault;
        }
    }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var images = batch.Views[0];                                                               // [N, C, H, W]
        var hidden = Hidden(batch, context);                                                       // [N, g, g]

        return new(SimMIMLoss.Compute(Reconstruct(images, hidden), images, hidden));
    }

    /// <inheritdoc/>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context)
    {
        var (images, hidden) = (batch.Views[0], Hidden(batch, context));                           // [N, g, g]
        var squares = PatchPixels.Split(Reconstruct(images, hidden), _options.MaskPatchSize);      // [N, g g, s s C]

        return HiddenPictures.Of(images, squares, hidden.flatten(1), _options.MaskPatchSize);
    }

    private Tensor Hidden(Batch batch, StepContext context)
    {
        var images = batch.Views[0];
        var (rows, columns) = (images.shape[2] / _options.MaskPatchSize, images.shape[3] / _options.MaskPatchSize);
        var noise = SampleNoise.Uniform(_random.Of(batch, context), rows * columns);               // [N, g g]

        return RandomMasking.Keep(noise, Visible(rows * columns, _options.MaskRatio)).Hidden.view(-1, rows, columns).to(images.device);
    }

    private Tensor Reconstruct(Tensor images, Tensor hidden)
    {
        var patches = MaskToken.Hide(backbone.EmbedPatches(images), hidden, mask_token);           // [N, h, w, P]
        var tokens = PatchGrid.WithoutPrefix(backbone, backbone.Normalise(backbone.Encode(patches)));   // [N, L, D]
        var (rows, columns) = (images.shape[2] / backbone.TokenStride, images.shape[3] / backbone.TokenStride);
        var map = tokens.transpose(1, 2).reshape(tokens.shape[0], tokens.shape[2], rows, columns);   // [N, D, h', w']

        return decoder.call(map);                                                                  // [N, C, H, W]
    }

    // The hidden ones are rounded up, as in the authors' code; MAE rounds down those that stay, which hides one more where the share is not exact.
    private static long Visible(long squares, double ratio) => squares - (long)Math.Ceiling(squares * ratio);
}
