using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>shared-crop</c>.</summary>
public sealed record SharedCropOptions : IValidatableObject, IRunRequirements
{
    /// <summary>Side of the result in pixels. Default 224.</summary>
    [Range(1, 4096)]
    public int Size { get; init; } = 224;

    /// <summary>Smallest share of the image's area, a fraction in (0, 1]. CMAE, ExtreMA: 0.2.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ScaleMin { get; init; } = 0.2;

    /// <summary>Largest share of the image's area, a fraction in (0, 1]. torchvision: 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ScaleMax { get; init; } = 1;

    /// <summary>Smallest width / height of the crop. torchvision: 3/4.</summary>
    [Range(0.01, 100.0)]
    public double RatioMin { get; init; } = 3.0 / 4.0;

    /// <summary>Largest width / height of the crop. torchvision: 4/3.</summary>
    [Range(0.01, 100.0)]
    public double RatioMax { get; init; } = 4.0 / 3.0;

    /// <summary>Weights of the resize. torchvision: bilinear; CMAE: bicubic.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>Share of images that are flipped, a fraction in [0, 1]. torchvision: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>View whose random numbers decide, from 0: views with the same number here take the same crop. Ours: the first.</summary>
    [Range(0, 99)]
    public int View { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [.. RangeFaults.Of(ScaleMin, ScaleMax), .. RangeFaults.Of(RatioMin, RatioMax)];

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => run.ViewCount is not { } views || View < views ? [] :
        [$"view is {View}, but there are {views} views, from 0 on. Give the number of one of the views that share this crop."];
}

/// <summary>A random resized crop and a horizontal flip that several views of an image have in common.</summary>
/// <remarks>
/// <para>For methods that compare different colours, masks or small shifts of one crop: ExtreMA (https://arxiv.org/abs/2206.04667) and CMAE
/// (https://arxiv.org/abs/2207.13532). Let each of these views begin with it, with the same options.</para>
/// <para>Row of decisions: that of <c>random-resized-crop</c>, then 1 when flipped, else 0. Both come from the random numbers of one view; 23 numbers of the
/// view's own are always consumed, so that its further steps draw numbers that no crop has drawn.</para>
/// </remarks>
[Plugin("shared-crop", Options = typeof(SharedCropOptions), Family = "geometry",
    Summary = "A random resized crop and flip that several views of an image have in common.")]
public sealed class SharedCrop(SharedCropOptions options) : IShrinkingCrop
{
    private const int BoxLength = 4;

    private readonly RandomResizedCrop _crop = new(new()
    {
        Size = options.Size, ScaleMin = options.ScaleMin, ScaleMax = options.ScaleMax, RatioMin = options.RatioMin, RatioMax = options.RatioMax,
        Interpolation = options.Interpolation,
    });

    private readonly HorizontalFlip _flip = new(new() { Probability = options.FlipProbability });

    /// <inheritdoc/>
    public int ParameterCount => BoxLength + 1;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        var shared = random.OfView(options.View);
        DrawBoth(ref random, input, parameters);
        DrawBoth(ref shared, input, parameters);
    }

    /// <inheritdoc/>
    public ImageSize OutputSize(ImageSize input, ReadOnlySpan<float> parameters) => new(options.Size, options.Size);

    /// <inheritdoc/>
    public double PixelsPerPixel(ReadOnlySpan<float> parameters) => _crop.PixelsPerPixel(parameters[..BoxLength]);

    /// <inheritdoc/>
    public void Reduce(Span<float> parameters, int reduction) => _crop.Reduce(parameters[..BoxLength], reduction);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The box lies outside the image: the row was drawn for an image of another size.</exception>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        _crop.Apply(image, parameters[..BoxLength]);
        _flip.Apply(image, parameters[BoxLength..]);
    }

    private void DrawBoth(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        _crop.Draw(ref random, input, parameters[..BoxLength]);
        _flip.Draw(ref random, input, parameters[BoxLength..]);
    }
}
