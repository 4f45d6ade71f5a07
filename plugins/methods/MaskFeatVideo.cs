using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of MaskFeat for video, section <c>method</c> of a recipe.</summary>
public sealed record MaskFeatVideoOptions
{
    /// <summary>Share of the clip that shall be hidden, a fraction in (0, 1). Paper, section 4.1: 0.4.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double MaskRatio { get; init; } = 0.4;

    /// <summary>Side in pixels of the squares that are hidden or seen as a whole, each for the frames of a token; a multiple of a token's side. Authors' code:
    /// 32, 7 x 7 squares.</summary>
    [Range(1, 2048)]
    public int SquareSide { get; init; } = 32;

    /// <summary>Smallest area that a hidden cuboid covers in a frame, in squares, before rounding; 0 takes the 9 of 7 x 7 of the authors' code, in proportion,
    /// but at least 1.</summary>
    [Range(0.0, 65536.0)]
    public double MinSquares { get; init; }

    /// <summary>Bins of directions over half a turn. Paper, section 3.2: 9.</summary>
    [Range(1, 360)]
    public int Bins { get; init; } = 9;

    /// <summary>Histograms per side of a token. Paper, section 3.2: 2, cells of 8 pixels in tokens of 16.</summary>
    [Range(1, 64)]
    public int CellsPerToken { get; init; } = 2;
}

/// <summary>Predicts histograms of oriented gradients of hidden parts of a clip, from a transformer that sees a learned vector in their place.</summary>
/// <remarks>
/// <para>Wei et al., "Masked Feature Prediction for Self-Supervised Visual Pre-Training", CVPR 2022, https://arxiv.org/abs/2112.09133, as in its code:
/// 16 frames, every fourth of 30 per second; cuboids in space and time are hidden (<see cref="BlockMasking"/>) behind the embedding of patches, and the
/// sequence keeps its length; a linear layer predicts the histograms of the first frame of each token, of normalised pixels (<see cref="ClipGradients"/>); the
/// loss is one mean over all hidden tokens of the batch (<see cref="HiddenPatchLoss"/>).</para>
/// <para>Differs from the code: the normalisation before that layer is the last one of the backbone, which fine-tuning goes on with; there it is a layer of
/// the head. Hiding whole frames, or the same squares of all frames, is left out.</para>
/// </remarks>
[Plugin("maskfeat-video", Options = typeof(MaskFeatVideoOptions), Backbone = typeof(IClipTokenBackbone), Family = "video",
    Summary = "Predicts histograms of oriented gradients of hidden cuboids of a clip.",
    Paper = "Masked Feature Prediction for Self-Supervised Visual Pre-Training", Authors = "Wei, Fan, Xie, Wu, Yuille, Feichtenhofer", Venue = "CVPR",
    Year = 2022, ArXiv = "2112.09133")]
public sealed class MaskFeatVideo : Module, IMethod, IPictures, IGathered, IBatchCoupled, IRunRequirements
{
    private const double TokenStd = 0.02, WeightStd = 0.02, MinShare = 9.0 / (7 * 7);
    private const int Tries = 100;

    private readonly IClipTokenBackbone backbone;
    private readonly Parameter mask_token;
    private readonly Linear head;
    private readonly OrientedGradients _gradients;
    private readonly BlockMasking _cuboids;
    private readonly MaskFeatVideoOptions _options;
    private readonly SampleRandom _random;
    private readonly ViewBuilder _view;
    private readonly int _channels;

    /// <summary>Builds mask token and head on a backbone.</summary>
    public MaskFeatVideo(BackboneFactory backbones, MaskFeatVideoOptions options, RunInfo run)
        : base(nameof(MaskFeatVideo))
    {
        (backbone, _options, _random, _view, _channels) = (backbones.ClipTokens(), options, new(run), new(run.ImageSize), run.Data.Channels);
        var side = run.ImageSize / options.SquareSide;
        var smallest = options.MinSquares > 0 ? options.MinSquares : Math.Max(1, MinShare * side * side);
        _cuboids = new(side, side) { MinPatches = smallest, MaxPatches = side * side, Tries = Tries };
        _gradients = new(options.Bins, Math.Max(1, backbone.TokenStride / options.CellsPerToken));
        mask_token = MaskToken.Create(backbone.PatchDim, TokenStd);
        head = Linear(backbone.TokenDim, _channels * options.Bins * options.CellsPerToken * options.CellsPerToken);
        TruncatedNormal.Fill(head.weight!, WeightStd);
        init.zeros_(head.bias!);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.Crop(0.5), Flip())]) { Clips = new([new(16) { Stride = 4, Rate = 30, Short = ShortVideo.RepeatLast }]) };

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.ReducedStatistics;

    /// <inheritdoc/>
    public string BatchCoupling => "The loss is one mean over the hidden tokens of the whole batch, and their number differs from clip to clip.";

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var clips = batch.Views[0];                                                         // [N, C, T, H, W]
        var patches = backbone.EmbedPatches(clips);                                         // [N, t, h, w, E]
        var squares = Squares(batch, context, patches.shape[1]);                            // [N, t, s, s]
        var tokens = Encode(patches, squares);                                              // [N, L, D]
        var hidden = OfTokens(squares).flatten(1);                                          // [N, L]
        var count = context.Processes.Mean(hidden.sum()).clamp_min(1);                      // []

        return new(HiddenPatchLoss.Compute(head.call(tokens), Target(clips), hidden, count))
        {
            Embedding = tokens.mean([1]),
            Diagnostics = [new("hidden_share", hidden.mean())],
        };
    }

    /// <summary>The middle of each clip.</summary>
    /// <inheritdoc/>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context)
    {
        var (clips, patches) = (batch.Views[0], backbone.EmbedPatches(batch.Views[0]));
        var (moments, middle) = (patches.shape[1], patches.shape[1] / 2);
        var squares = Squares(batch, context, moments);
        var frames = clips.select(2, middle * backbone.TokenFrames);                        // [N, C, H, W]
        var hidden = OfTokens(squares).select(1, middle).flatten(1);                        // [N, L / t]
        var target = InTheMiddle(Target(clips));                                            // [N, L / t, values]
        var predicted = InTheMiddle(head.call(Encode(patches, squares)).to(float32));       // [N, L / t, values]

        return
        [
            new("original", frames),
            new("masked", HiddenPictures.Masked(frames, hidden, backbone.TokenStride)),
            Drawn("gradients", target),
            Drawn("predicted", where(hidden.unsqueeze(2).to(@bool), predicted, target)),
        ];

        Tensor InTheMiddle(Tensor rows) => rows.unflatten(1, moments, -1).select(1, middle);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        var (token, square, side, smallest) = (backbone.TokenStride, _options.SquareSide, _cuboids.Height, _cuboids.MinPatches);
        if (square % token != 0 || run.ImageSize % square != 0)
        {
            yield return $"method.squareSide is {square}, but tokens have {token} pixels per side and frames {run.ImageSize} (data.imageSize). Expected a "
                + "multiple of the one and a divisor of the other.";
        }
        else if (side < 2 || smallest > (side - 1) * (side - 1))
        {
            yield return FormattableString.Invariant($"The smallest hidden cuboid covers {smallest:0.##} squares of a frame (method.minSquares), but cuboids ")
                + $"are smaller on both sides than the {side} x {side} squares of a frame. Lower it, or method.squareSide, which is {square}.";
        }
        else if (run.Clip is { Frames: var frames } && HiddenCount((frames + backbone.TokenFrames - 1) / backbone.TokenFrames) < smallest)
        {
            yield return $"method.maskRatio is {_options.MaskRatio}, which hides less of {frames} frames with {side} x {side} squares than one cuboid. "
                + "Raise it, or lower method.minSquares or method.squareSide.";
        }

        if (token % _options.CellsPerToken != 0)
        {
            yield return $"method.cellsPerToken is {_options.CellsPerToken}, but tokens have {token} pixels per side. Expected a divisor of that.";
        }
    }

    private int HiddenCount(long moments) => (int)Math.Round(moments * _cuboids.Height * _cuboids.Width * _options.MaskRatio);

    // 1 where a square is hidden, [N, t, s, s]
    private Tensor Squares(Batch batch, StepContext context, long moments)
    {
        var cuboids = _cuboids with { Moments = (int)moments };

        return cuboids.Draw(_random.Of(batch, context), HiddenCount(moments)).view(-1, moments, cuboids.Height, cuboids.Width).to(batch.Views[0].device);
    }

    // the same for each token, [N, t, h, w]
    private Tensor OfTokens(Tensor squares)
    {
        var tokens = _options.SquareSide / backbone.TokenStride;

        return squares.repeat_interleave(tokens, 2).repeat_interleave(tokens, 3);
    }

    private Tensor Encode(Tensor patches, Tensor squares)
    {
        var visible = MaskToken.Hide(patches.flatten(0, 1), squares.flatten(0, 1), mask_token);   // [N t, h, w, E]
        var tokens = backbone.Encode(visible.unflatten(0, patches.shape[0], patches.shape[1]));   // [N, P + L, D]

        return PatchGrid.WithoutPrefix(backbone, backbone.Normalise(tokens));                     // [N, L, D]
    }

    private Tensor Target(Tensor clips) => ClipGradients.Rows(_gradients, clips, backbone.TokenFrames, _options.CellsPerToken);   // [N, L, values]

    private PictureColumn Drawn(string title, Tensor rows) =>
        new(title, GradientPictures.Draw(OrientedGradients.FromRows(rows, _channels, _options.CellsPerToken))) { IsNormalised = false };
}
