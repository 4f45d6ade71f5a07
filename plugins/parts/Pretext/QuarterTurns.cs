namespace Parallax.Plugins.Parts;

/// <summary>Turns images by 0, 90, 180 and 270 degrees, by moving pixels only: nothing is interpolated, no border comes in.</summary>
/// <remarks>
/// Gidaris et al., "Unsupervised Representation Learning by Predicting Image Rotations", ICLR 2018, https://arxiv.org/abs/1803.07728, and the authors' code:
/// class k is k quarter turns counter-clockwise; a quarter turn puts pixel (j, S - 1 - i) at (i, j).
/// </remarks>
public static class QuarterTurns
{
    /// <summary>How many turns there are.</summary>
    public const int Count = 4;

    /// <summary>All turns of every image, image by image.</summary>
    /// <param name="images">[N, C, S, S].</param>
    /// <returns>[4 N, C, S, S]: rows 4 i to 4 i + 3 show image i turned by 0, 90, 180 and 270 degrees.</returns>
    /// <exception cref="ArgumentException">The images are not square: their shape would tell the turn.</exception>
    public static Tensor All(Tensor images)
    {
        if (images.shape is not [_, _, var height, var width] || height != width)
        {
            throw new ArgumentException(
                $"'{nameof(images)}' has the shape [{string.Join(", ", images.shape)}]; expected square images, [N, C, S, S].", nameof(images));
        }

        using var scope = NewDisposeScope();
        var turned = Enumerable.Range(0, Count).Select(turns => images.rot90(turns, (2, 3)));   // four of [N, C, S, S]

        return stack([.. turned], 1).flatten(0, 1).MoveToOuterDisposeScope();   // [4 N, C, S, S]
    }

    /// <summary>One turn of every image.</summary>
    /// <param name="images">[N, C, S, S].</param>
    /// <param name="turns">Quarter turns of each, N numbers from 0 to 3.</param>
    /// <returns>[N, C, S, S].</returns>
    /// <exception cref="ArgumentException">The images are not square.</exception>
    public static Tensor Of(Tensor images, IReadOnlyList<int> turns)
    {
        using var scope = NewDisposeScope();
        var rows = tensor(turns.Select((turn, image) => ((long)image * Count) + turn).ToArray(), device: images.device);   // [N]

        return All(images).index_select(0, rows).MoveToOuterDisposeScope();   // [N, C, S, S]
    }

    /// <summary>The classes of what <see cref="All"/> gives: 0, 1, 2, 3 for each image.</summary>
    /// <param name="images">Number N of images.</param>
    /// <param name="device">Where the classes are needed.</param>
    /// <returns>[4 N] int64.</returns>
    public static Tensor Classes(long images, Device device) => arange(Count, dtype: int64, device: device).repeat(images);   // [4 N]
}
