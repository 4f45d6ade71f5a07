namespace Parallax.Plugins.Parts;

/// <summary>Layers of a <see cref="MapDecoder"/>.</summary>
public enum MapDecoderForm
{
    /// <summary>A transposed convolution whose tiles do not overlap, normalised; ours.</summary>
    Plain,

    /// <summary>Colorization's AlexNet behind its last convolution: a pooling of stride 1, a 6x6 convolution with dilation 2 (fc6) and one of 1x1 (fc7), both
    /// normalised. The grid is reached by resizing alone.</summary>
    Dilated,

    /// <summary>The last block of colorization's VGG: a transposed convolution whose tiles overlap, 4x4 for a grid twice as fine, and two of 3x3, not
    /// normalised.</summary>
    Overlapping,
}
