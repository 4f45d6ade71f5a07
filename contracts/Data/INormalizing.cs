namespace Parallax.Contracts;

/// <summary>
/// Declares that an augmentation brings pixels to the scale on which evaluations show images: the mean of the data set subtracted, divided by its standard
/// deviation, channel by channel. A view of a recipe without such a step is told before training.
/// </summary>
public interface INormalizing : IAugmentation;
