using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Between images as a step gets them, normalised with the data set's mean and deviation, and pixels in [0, 255].</summary>
/// <param name="data">Gives mean and deviation of each channel, on the scale [0, 1].</param>
public sealed class PixelScale(DatasetInfo data)
{
    private const int White = 255;

    /// <summary>Pixels of normalised images.</summary>
    /// <param name="images">[..., C, H, W], normalised.</param>
    /// <returns>The same shape, in [0, 255].</returns>
    public Tensor ToPixels(Tensor images)
    {
        using var scope = NewDisposeScope();

        return (((images * PerChannel(data.Std, images)) + PerChannel(data.Mean, images)) * White).MoveToOuterDisposeScope();
    }

    /// <summary>Normalised images of pixels.</summary>
    /// <param name="pixels">[..., C, H, W], in [0, 255].</param>
    /// <returns>The same shape, normalised.</returns>
    public Tensor Normalise(Tensor pixels)
    {
        using var scope = NewDisposeScope();

        return (((pixels / White) - PerChannel(data.Mean, pixels)) / PerChannel(data.Std, pixels)).MoveToOuterDisposeScope();
    }

    /// <summary>The standard deviation of each channel, on the scale [0, 1].</summary>
    /// <param name="images">Give the device.</param>
    /// <returns>[C, 1, 1] float32.</returns>
    public Tensor Deviations(Tensor images) => PerChannel(data.Std, images);

    private static Tensor PerChannel(IReadOnlyList<double> values, Tensor images) =>
        tensor([.. values.Select(value => (float)value)], device: images.device).view(-1, 1, 1);   // [C, 1, 1]
}
