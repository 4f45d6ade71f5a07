using System.ComponentModel.DataAnnotations;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>principal-contrast</c>.</summary>
public sealed record PrincipalContrastOptions
{
    /// <summary>What deviates from the mean colour along each principal component is multiplied by 2^u, u uniform in [-f, f]. 0 leaves it alone. Exemplar
    /// networks: 1, factors of 0.5 to 2.</summary>
    [Range(0.0, 10.0)]
    public double Factor { get; init; } = 1;
}

/// <summary>Changes the contrast of an image along each of the principal components of its colours, by random factors.</summary>
/// <remarks>
/// <para>Dosovitskiy et al., "Discriminative Unsupervised Feature Learning with Exemplar Convolutional Neural Networks", 2014,
/// https://arxiv.org/abs/1406.6909: projections on the three components times a factor each, the same for all pixels. There the components are those of all
/// patches; here they are those of the image, and the factors are of what deviates from its mean colour. Results are clipped to [0, 1]; images of one channel
/// stay as they are.</para>
/// <para>Row of decisions: the exponents, that of the component with the largest variance first. Consumes 3 numbers.</para>
/// </remarks>
[Plugin("principal-contrast", Options = typeof(PrincipalContrastOptions), Family = "color",
    Summary = "Changes the contrast along the principal components of an image's colours, by random factors.")]
public sealed class PrincipalContrast(PrincipalContrastOptions options) : IAugmentation
{
    /// <inheritdoc/>
    public int ParameterCount => ColorComponents.Count;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        foreach (ref var exponent in parameters)
        {
            exponent = (float)random.Uniform(-options.Factor, options.Factor);
        }
    }

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        if (image.Channels != ColorComponents.Count || !parameters.ContainsAnyExcept(0f))
        {
            return;
        }

        Span<double> components = stackalloc double[ColorComponents.Count * ColorComponents.Count];
        var mean = ColorComponents.Of(image, components);
        Span<float> map = stackalloc float[components.Length];   // sum over components of factor * component component^T, row by row
        map.Clear();
        for (var i = 0; i < map.Length; i++)
        {
            var (row, column) = Math.DivRem(i, ColorComponents.Count);
            for (var k = 0; k < ColorComponents.Count; k++)
            {
                map[i] += MathF.Pow(2, parameters[k])
                    * (float)(components[(k * ColorComponents.Count) + row] * components[(k * ColorComponents.Count) + column]);
            }
        }

        Pixels.ForEachColor(image, new Change(mean, new(map[0], map[1], map[2]), new(map[3], map[4], map[5]), new(map[6], map[7], map[8])));
    }

    /// <summary>mean + map (colour - mean), clipped.</summary>
    private readonly struct Change(Vector3 mean, Vector3 red, Vector3 green, Vector3 blue) : IColorKernel
    {
        private readonly Row _red = new(red, mean.X - Vector3.Dot(red, mean)), _green = new(green, mean.Y - Vector3.Dot(green, mean)),
            _blue = new(blue, mean.Z - Vector3.Dot(blue, mean));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<float> red, ref Vector<float> green, ref Vector<float> blue) =>
            (red, green, blue) = (_red.Of(red, green, blue), _green.Of(red, green, blue), _blue.Of(red, green, blue));
    }

    private readonly struct Row(Vector3 weights, float shift)
    {
        private readonly Vector<float> _red = new(weights.X), _green = new(weights.Y), _blue = new(weights.Z), _shift = new(shift);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> red, Vector<float> green, Vector<float> blue) =>
            Pixels.Clip((_red * red) + (_green * green) + (_blue * blue) + _shift);
    }
}
