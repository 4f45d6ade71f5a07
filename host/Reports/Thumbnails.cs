namespace Parallax.Host.Reports;

/// <summary>Small pictures of what a network saw, which travel beside its features.</summary>
/// <param name="data">Gives the constants of the normalisation.</param>
/// <param name="side">Height and width of what the network sees.</param>
internal sealed class Thumbnails(DatasetInfo data, int side)
{
    private const int MostPixels = 48;

    /// <summary>Height and width of a picture.</summary>
    public int Side { get; } = Math.Min(MostPixels, side);

    /// <summary>Makes pictures.</summary>
    /// <param name="images">[N, C, H, W], or clips [N, C, T, H, W], of which the middle frame counts; normalised.</param>
    /// <returns>[N, side * side * C], between 0 and 1.</returns>
    public Tensor Encode(Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        var frames = images.dim() == 5 ? images.select(2, images.shape[2] / 2) : images;                        // [N, C, H, W]
        var small = torch.nn.functional.adaptive_avg_pool2d(frames.to(torch.float32), [Side, Side]);            // [N, C, side, side]
        var colours = (small * Channels(data.Std, small)) + Channels(data.Mean, small);

        return colours.clamp(0, 1).permute(0, 2, 3, 1).flatten(1).MoveToOuterDisposeScope();                    // [N, side * side * C]
    }

    /// <summary>Writes the pictures as PNG files.</summary>
    /// <param name="pictures">What <see cref="Encode"/> returned, on the CPU.</param>
    public IEnumerable<byte[]> ToPng(Tensor pictures)
    {
        using var whole = pictures.contiguous();
        var values = whole.data<float>().ToArray();
        var length = Side * Side * data.Channels;
        for (var start = 0; start < values.Length; start += length)
        {
            var bytes = Array.ConvertAll(values[start..(start + length)], value => (byte)((value * byte.MaxValue) + 0.5f));
            using var file = new MemoryStream();
            PngWriter.Write(file, bytes, Side, Side, data.Channels);

            yield return file.ToArray();
        }
    }

    private static Tensor Channels(IReadOnlyList<double> values, Tensor like) =>
        torch.tensor(values.Select(value => (float)value).ToArray(), device: like.device).view(1, -1, 1, 1);
}
