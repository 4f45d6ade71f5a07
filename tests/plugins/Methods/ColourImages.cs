using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

/// <summary>Images of muted colours, all of which sRGB has: what is changed in Lab comes back from RGB.</summary>
internal static class ColourImages
{
    public const int Side = 16;

    /// <summary>Normalised by other numbers than 0 and 1.</summary>
    public static RunInfo Run { get; } = TestRuns.Of() with
    {
        ImageSize = Side,
        Data = TestRuns.Of().Data with { Mean = [0.4, 0.5, 0.6], Std = [0.2, 0.25, 0.3] },
    };

    /// <summary>Random Lab, [4, 3, 16, 16], L in [40, 60], a and b in [-12, 12].</summary>
    /// <param name="lightness">Seed of L.</param>
    /// <param name="colours">Seed of a and b.</param>
    public static Tensor RandomLab(ulong lightness, ulong colours) => cat(
        [(Tensors.Normal(lightness, 4, 1, Side, Side).tanh() * 10) + 50, Tensors.Normal(colours, 4, 2, Side, Side).tanh() * 12], 1);

    /// <summary>A batch of one view, of images that are neither the first nor in order.</summary>
    public static Batch Batch(Tensor lab) => Of(Lab.ToRgb(lab));

    /// <summary>The same of RGB in [0, 1].</summary>
    public static Batch Of(Tensor rgb) => new([Normalised(rgb)], tensor(new long[] { 7, 3, 30, 12 }), null);

    private static Tensor Normalised(Tensor rgb) => stack([.. rgb.unbind(1).Select((x, i) => (x - Run.Data.Mean[i]) / Run.Data.Std[i])], 1);
}

/// <summary>Two convolutions, each a stage, that halve the sides; every image by itself.</summary>
internal sealed class MapBackbone : Module<Tensor, Tensor>, IBackbone
{
    private readonly Module<Tensor, Tensor> first, second;

    public MapBackbone(int channels)
        : base(nameof(MapBackbone))
    {
        first = Sequential(Conv2d(channels, 5, 3, stride: 2, padding: 1), ReLU());
        second = Sequential(Conv2d(5, 6, 3, stride: 2, padding: 1), ReLU());
        RegisterComponents();
    }

    public int FeatureDim => 6;

    public IReadOnlyList<FeatureStage> Stages => [new("first", 5, 2), new("second", 6, 4)];

    public override Tensor forward(Tensor input) => Maps(input)[^1].mean([2, 3]);

    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        var map = first.call(images);

        return [map, second.call(map)];
    }
}
