using System.ComponentModel.DataAnnotations;
using System.Numerics;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>lighting</c>.</summary>
public sealed record LightingOptions
{
    /// <summary>Standard deviation of the change along each principal component, as a multiple of its eigenvalue. 0 leaves colours alone. Krizhevsky et al.:
    /// 0.1.</summary>
    [Range(0.0, 10.0)]
    public double Deviation { get; init; } = 0.1;
}

/// <summary>Shifts all colours of an image along the principal components of the colours of ImageNet.</summary>
/// <remarks>
/// <para>Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", NeurIPS 2012, section 4.1. Components and
/// eigenvalues, for values in [0, 1], are those of Facebook's ResNet code for Torch, which mmselfsup and others took over; there values are not
/// clipped, here to [0, 1]. Images of one channel stay as they are.</para>
/// <para>Row of decisions: what is added to red, green and blue. Consumes 6 numbers.</para>
/// </remarks>
/// <param name="options">How strong it is.</param>
[Plugin("lighting", Options = typeof(LightingOptions), Family = "color", Summary = "Shifts all colours along the principal components of ImageNet's colours.",
    Paper = "ImageNet Classification with Deep Convolutional Neural Networks", Authors = "Krizhevsky, Sutskever, Hinton", Venue = "NeurIPS", Year = 2012)]
public sealed class Lighting(LightingOptions options) : IAugmentation
{
    private const int Colours = 3;

    private static readonly double[] _eigenvalues = [0.2175, 0.0188, 0.0045];

    // Rows are red, green and blue, columns the components.
    private static readonly double[,] _components =
    {
        { -0.5675, 0.7192, 0.4009 },
        { -0.5808, -0.0045, -0.8140 },
        { -0.5836, -0.6948, 0.4203 },
    };

    /// <inheritdoc/>
    public int ParameterCount => Colours;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        Span<double> along = stackalloc double[Colours];
        foreach (ref var amount in along)
        {
            amount = options.Deviation * random.Normal();
        }

        for (var colour = 0; colour < Colours; colour++)
        {
            var sum = 0.0;
            for (var component = 0; component < Colours; component++)
            {
                sum += _components[colour, component] * _eigenvalues[component] * along[component];
            }

            parameters[colour] = (float)sum;
        }
    }

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        if (image.Channels != Colours)
        {
            return;
        }

        for (var colour = 0; colour < Colours; colour++)
        {
            Pixels.ForEachValue(image.Plane(colour), new Shift(parameters[colour]));
        }
    }

    private readonly struct Shift(float by) : IValueKernel
    {
        private readonly Vector<float> _by = new(by);

        public Vector<float> Apply(Vector<float> value) => Pixels.Clip(value + _by);
    }
}
