namespace Parallax.Contracts;

/// <summary>Declares that a protocol on frozen features looks at images in another form than evaluations usually do. The evaluator implements it; clips of
/// videos are cropped whatever it says.</summary>
public interface IImageFitChoice
{
    /// <summary>How an image becomes a square.</summary>
    ImageFit Fit { get; }
}

/// <summary>How an image becomes the square that a backbone sees.</summary>
public enum ImageFit
{
    /// <summary>Its shorter side is resized to <c>data.evaluationResize</c>, and the middle is cut out: most protocols.</summary>
    Crop,

    /// <summary>Both sides are resized to that of the square, whatever their proportion.</summary>
    Squash,

    /// <summary>Its shorter side is resized to <c>data.evaluationResize</c> first, then both to that of the square.</summary>
    ResizedSquash,
}
