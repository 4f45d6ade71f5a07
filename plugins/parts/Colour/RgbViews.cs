using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>The colours of views: undoes the augmentation <c>normalize</c> with the data set's mean and deviation: views of a recipe must not give it other
/// numbers.</summary>
/// <param name="data">Gives mean and deviation of each channel.</param>
public sealed class RgbViews(DatasetInfo data)
{
    private const int Channels = 3;

    /// <summary>RGB in [0, 1].</summary>
    /// <param name="views">[N, 3, H, W], normalised; or clips, [N, 3, T, H, W].</param>
    /// <returns>The same shape, float32; what lies outside of [0, 1] is cut off.</returns>
    public Tensor Of(Tensor views)
    {
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var channels = Enumerable.Range(0, Channels).Select(channel => (views.select(1, channel).to(float32) * data.Std[channel]) + data.Mean[channel]);

        return stack([.. channels], 1).clamp_(0, 1).MoveToOuterDisposeScope();   // [N, 3, H, W]
    }

    /// <summary>The inverse of <see cref="Of"/>.</summary>
    /// <param name="rgb">In [0, 1], [N, 3, H, W], or clips, [N, 3, T, H, W].</param>
    /// <returns>The same shape, normalised.</returns>
    public Tensor Normalised(Tensor rgb)
    {
        using var scope = NewDisposeScope();
        var channels = Enumerable.Range(0, Channels).Select(channel => (rgb.select(1, channel) - data.Mean[channel]) / data.Std[channel]);

        return stack([.. channels], 1).MoveToOuterDisposeScope();   // [N, 3, H, W]
    }

    /// <summary>The fault of data without colours, for a method that learns from colours.</summary>
    /// <param name="method">Name of the method in recipes.</param>
    /// <param name="run">The data.</param>
    public static IEnumerable<string> Faults(string method, RunInfo run) => run.Data.Channels == Channels ? [] :
    [
        $"method.name is {method}, which learns from colours, but the images of {run.Data.Name} have {run.Data.Channels} channel. Take data with {Channels} "
            + "channels, or another method.",
    ];
}
