using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of iBoot, section <c>method</c> of a recipe.</summary>
public sealed record IBootOptions : IValidatableObject
{
    private const int Channels = 3;

    /// <summary>Frames that the image model sees of each clip, spread evenly; 0: all. Ours: all.</summary>
    [Range(0, 1024)]
    public int TargetFrames { get; init; }

    /// <summary>Share of the videos whose target comes from another clip, a fraction in [0, 1]. Ours: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double OtherClipShare { get; init; } = 0.5;

    /// <summary>Mean of red, green and blue that the image model was trained with, on the scale [0, 1]. Ours: ImageNet's.</summary>
    public IReadOnlyList<double> ImageMean { get; init; } = [0.485, 0.456, 0.406];

    /// <summary>Standard deviation of red, green and blue that the image model was trained with, above 0. Ours: ImageNet's.</summary>
    public IReadOnlyList<double> ImageStd { get; init; } = [0.229, 0.224, 0.225];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ImageMean.Count != Channels)
        {
            yield return new($"method.imageMean has {ImageMean.Count} numbers; expected those of red, green and blue.", [nameof(ImageMean)]);
        }

        if (ImageStd.Count != Channels || ImageStd.Any(std => std <= 0))
        {
            yield return new("method.imageStd does not have three numbers above 0; expected those of red, green and blue.", [nameof(ImageStd)]);
        }
    }
}

/// <summary>A network for clips predicts what a trained network for images sees in the frames of the same video.</summary>
/// <remarks>
/// <para>Saleh et al., "iBoot: Image-bootstrapped Self-Supervised Video Representation Learning", 2022, https://arxiv.org/abs/2206.08339: the target network is
/// a frozen network for images, the online network one for clips with a linear layer, "like BYOL without EMA".</para>
/// <para>The text of the paper and its code could not be had. What is said above is known of it; everything else is our own definition: the target is the mean
/// over the frames, of length one (<see cref="FrozenFrames"/>), the loss <see cref="BYOLLoss"/>; half of the targets come from another clip of the video; the
/// online clip is augmented as the first view of SCE for video, the frames of the target are only cropped and flipped. A further term, BYOL between
/// two clips with a momentum encoder, is left out. The paper's numbers are not those of this method.</para>
/// <para>The image model is the section <c>imageModel</c> of the recipe. Its target cannot collapse, so a falling loss says little: watch k-NN accuracy.</para>
/// </remarks>
[Plugin("iboot", Options = typeof(IBootOptions), Family = "video",
    Summary = "Predicts what a trained network for images sees in the frames of a video; all but this idea is our own definition.",
    Paper = "iBoot: Image-bootstrapped Self-Supervised Video Representation Learning", Authors = "Saleh, Tan, Bulat, Tzimiropoulos, Martinez",
    Venue = "arXiv", Year = 2022, ArXiv = "2206.08339")]
public sealed class IBoot : Module, IMethod, IRunRequirements
{
    private readonly IBackbone backbone;
    private readonly Linear head;
    private readonly FrozenFrames imageModel;
    private readonly IBootOptions _options;
    private readonly ViewBuilder _view;
    private readonly RgbViews _rgb;

    /// <summary>Builds the linear layer between the two networks.</summary>
    public IBoot(IBackbone backbone, ImageModelFactory imageModels, IBootOptions options, RunInfo run)
        : base(nameof(IBoot))
    {
        (this.backbone, _options, _view, _rgb) = (backbone, options, new(run.ImageSize), new(run.Data));
        imageModel = new(imageModels());
        head = Linear(backbone.FeatureDim, imageModel.TargetDim);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new(
    [
        View(_view.Crop(0.2, 0.766), Jitter(0.8, 0.8, 0.4, 0.2), Grayscale(), _view.BlurByTenth(1), Flip()),
        View(_view.Crop(0.5), Flip()),
    ])
    {
        Clips = new([new(8) { Stride = 8, Rate = 30, Short = ShortVideo.RepeatLast }], new OwnOrOtherClips(_options.OtherClipShare)),
    };

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "a clip, and the frames of the target");
        var p = head.call(backbone.call(batch.Views[0]));                // [N, D]
        var target = imageModel.call(Frames(batch.Views[1]));            // [N, D], no gradient

        return new(BYOLLoss.Compute(p, target)) { Embedding = p, Positive = target };
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) =>
    [
        .. RgbViews.Faults("iboot", run),
        .. run.Clip is { Frames: var frames } && _options.TargetFrames > frames
            ? [$"method.targetFrames is {_options.TargetFrames}, but clips have {frames} frames (clips.frames). Expected at most that, or 0 for all."]
            : Array.Empty<string>(),
    ];

    // Evenly spread frames, normalised as those of the image model, [N, 3, n, H, W]
    private Tensor Frames(Tensor clips)
    {
        using var scope = NewDisposeScope();
        var (all, count) = (clips.shape[2], _options.TargetFrames);
        var places = Enumerable.Range(0, count).Select(frame => frame * (all - 1) / Math.Max(1, count - 1)).ToArray();
        var chosen = count == 0 ? clips : clips.index_select(2, tensor(places, device: clips.device));   // [N, 3, n, H, W]
        var (mean, std) = (Channels(_options.ImageMean, clips), Channels(_options.ImageStd, clips));

        return ((_rgb.Of(chosen) - mean) / std).MoveToOuterDisposeScope();   // [N, 3, n, H, W]
    }

    private static Tensor Channels(IEnumerable<double> values, Tensor like) =>
        tensor(values.Select(value => (float)value).ToArray(), device: like.device).view(1, -1, 1, 1, 1);
}
