namespace Parallax.Contracts;

/// <summary>
/// Declares that a method can show what it does to images: hidden parts, reconstructions. The trainer asks every few epochs, always with the same images, and
/// logs what it gets: one row per image, the columns side by side.
/// </summary>
public interface IPictures
{
    /// <summary>What there is to see of some images. Runs in evaluation mode, without gradients, under the run's precision, in the first process alone.</summary>
    /// <param name="batch">The first images of the first epoch, as a step gets them. Its tensors stay the trainer's.</param>
    /// <param name="context">Where training stands, but always in the first epoch: what is keyed by epoch and image is the same in all pictures of a
    /// run.</param>
    /// <returns>The columns, first to last.</returns>
    IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context);
}

/// <summary>One picture of every image.</summary>
/// <param name="Title">One word, for example <c>masked</c>; the words of all columns name the picture in MLflow.</param>
/// <param name="Images">[N, C, H, W], C one or the channels of the data, height and width as they come; normalised as the views are.</param>
public sealed record PictureColumn(string Title, Tensor Images)
{
    /// <summary>Whether the values are normalised as the views are; otherwise they are in [0, 1].</summary>
    public bool IsNormalised { get; init; } = true;
}
