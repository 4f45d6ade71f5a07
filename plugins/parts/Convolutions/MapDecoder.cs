using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Predicts something of every cell of a grid from the map of a backbone: a transposed convolution to the grid, normalisation, ReLU, a 1x1
/// convolution.</summary>
/// <remarks>
/// Zhang et al., "Colorful Image Colorization", ECCV 2016, https://arxiv.org/abs/1603.08511, as in the authors' code: the normalisation neither scales nor
/// shifts, and where the grid has another size than the result, logits are resized bilinearly. Ours: tiles of the transposed convolution do not overlap; where
/// the map is as fine as the grid it is a 1x1 convolution. The decoders of the code are the other forms: <see cref="MapDecoderForm"/>.
/// </remarks>
public sealed class MapDecoder : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> layers;

    /// <summary>Makes the decoder.</summary>
    /// <param name="map">The map that comes in.</param>
    /// <param name="width">Channels of the hidden layers.</param>
    /// <param name="outputs">Values per cell.</param>
    /// <param name="targetStride">Pixels per side of a cell of the grid.</param>
    /// <param name="form">Its layers.</param>
    public MapDecoder(FeatureStage map, int width, int outputs, int targetStride, MapDecoderForm form = MapDecoderForm.Plain)
        : base(nameof(MapDecoder))
    {
        var factor = Math.Max(1, map.Stride / targetStride);
        Module<Tensor, Tensor>[] parts = form switch
        {
            MapDecoderForm.Dilated =>
            [
                MaxPool2d(3, stride: 1, padding: 1),
                Conv2d(map.Channels, width, 6, padding: 5, dilation: 2, bias: false), BatchNorm2d(width, affine: false), ReLU(),
                Conv2d(width, width, 1, bias: false), BatchNorm2d(width, affine: false), ReLU(),
            ],
            MapDecoderForm.Overlapping =>
            [
                ConvTranspose2d(map.Channels, width, (2 * factor) - (factor % 2), stride: factor, padding: factor / 2), ReLU(),
                Conv2d(width, width, 3, padding: 1), ReLU(), Conv2d(width, width, 3, padding: 1), ReLU(),
            ],
            _ => [ConvTranspose2d(map.Channels, width, factor, stride: factor, bias: false), BatchNorm2d(width, affine: false), ReLU()],
        };
        layers = Sequential([.. parts, Conv2d(width, outputs, 1)]);
        RegisterComponents();
    }

    /// <summary>Predicts.</summary>
    /// <param name="map">[N, C, h, w].</param>
    /// <returns>[N, outputs, k h, k w] with k cells of the grid per side of a cell of the map; of the dilated form [N, outputs, h, w].</returns>
    public override Tensor forward(Tensor map) => layers.call(map);

    /// <summary>Predicts, on a grid of a given size.</summary>
    /// <param name="map">[N, C, h, w].</param>
    /// <param name="grid">Any tensor whose last two sides are those of the grid.</param>
    /// <returns>[N, outputs, H, W] float32.</returns>
    public Tensor Predict(Tensor map, Tensor grid)
    {
        using var scope = NewDisposeScope();
        long[] size = [.. grid.shape.TakeLast(2)];
        var logits = call(map).to(float32);   // [N, outputs, k h, k w]

        return (logits.shape.TakeLast(2).SequenceEqual(size)
            ? logits : F.interpolate(logits, size: size, mode: InterpolationMode.Bilinear, align_corners: false)).MoveToOuterDisposeScope();
    }
}
