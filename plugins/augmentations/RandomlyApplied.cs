namespace Parallax.Plugins.Augmentations;

/// <summary>An augmentation that changes an image, always in the same way, or leaves it.</summary>
/// <param name="probability">Share of images that are changed, a fraction in [0, 1].</param>
public abstract class RandomlyApplied(double probability) : IAugmentation
{
    /// <inheritdoc/>
    public int ParameterCount => 1;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters) => parameters[0] = random.Flag(probability);

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        if (parameters[0] != 0)
        {
            Change(image);
        }
    }

    private protected abstract void Change(ImageBuffer image);
}
