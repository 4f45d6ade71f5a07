namespace Parallax.Contracts;

/// <summary>Declares that a convolutional backbone also encodes parts of an image, and that the other parts neither change the result nor cost more than
/// they must.</summary>
/// <remarks>
/// Cells are the positions of the last map, <see cref="IBackbone.Stages"/>: squares of as many pixels per side as its stride, numbered row by row.
/// </remarks>
public interface IMaskedMapBackbone : IBackbone
{
    /// <summary>Parameters behind the last map, which only the pooled features use: those of a final normalisation. A method that trains on maps alone gives
    /// them no gradient.</summary>
    IReadOnlyList<Parameter> PoolingParameters { get; }

    /// <summary>Encodes some cells of each image; no value of another cell reaches them.</summary>
    /// <param name="images">[N, C, H, W], sides that are multiples of a cell's.</param>
    /// <param name="visible">Cells that are encoded, [N, K] int64, in any order, each at most once per image; K is the same for every image.</param>
    /// <returns>The last map, [N, F, h, w], before pooling and normalisation; zero where a cell is not encoded.</returns>
    /// <exception cref="ArgumentException">The sides of the images are no multiples of a cell's.</exception>
    Tensor EncodeVisible(Tensor images, Tensor visible);
}
