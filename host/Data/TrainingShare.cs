using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Parallax.Host.Configuration;

namespace Parallax.Host.Data;

/// <summary>
/// The part of a training split that a run learns from: drawn once from a seed, with a long tail of classes where that is asked for. A smaller share is part of
/// a larger one. Parts that are measured (<c>evaluation.maxTrainSamples</c>) are drawn independently of it.
/// </summary>
internal abstract class TrainingShare : IImageDataset
{
    private readonly IImageDataset _whole;
    private readonly long[] _indices;

    private TrainingShare(IImageDataset whole, DataOptions options)
    {
        (_whole, _indices) = (whole, Chosen(whole, options));
        var left = string.Create(
            CultureInfo.InvariantCulture, $"{whole.Info.Count - _indices.Length:N0} images (data.share {options.Share}, data.longTail {options.LongTail})");
        Info = whole.Info with { Count = _indices.Length, Digest = Digest(whole.Info.Digest, options), LeftOut = [.. whole.Info.LeftOut, left] };
    }

    /// <inheritdoc/>
    public DatasetInfo Info { get; }

    /// <summary>The whole split, or the part that the options ask for.</summary>
    /// <param name="whole">Open as long as the part is used.</param>
    /// <param name="options">Share, seed and tail.</param>
    /// <exception cref="ConfigurationException">A long tail is asked for, and there are no classes.</exception>
    public static IImageDataset Of(IImageDataset whole, DataOptions options) => options is { Share: 1, LongTail: 1 } ? whole
        : options.LongTail > 1 && whole.Info.Classes.Count < 2 ? throw new ConfigurationException(
            $"data.longTail is {options.LongTail.ToString(CultureInfo.InvariantCulture)}, and '{whole.Info.Location}' has {whole.Info.Classes.Count} classes; "
            + "a tail takes two or more. Set it to 1, or take a data set with classes.")
        : options.LongTail > 1 && whole.Info.IsMultiLabel ? throw new ConfigurationException(
            $"data.longTail is {options.LongTail.ToString(CultureInfo.InvariantCulture)}, and the images of '{whole.Info.Location}' show several classes each; "
            + "a tail takes one class of each image. Set it to 1, or take data with class folders.")
        : whole is IMultiLabelImages classes ? new OfSeveralClasses(whole, classes, options)
        : whole is ICaptionedImages captions ? new WithCaptions(whole, captions, options)
        : whole is IVideoDataset videos ? new OfVideos(videos, options)
        : new WithoutCaptions(whole, options);

    /// <inheritdoc/>
    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null) => _whole.Read(_indices[index], image, smallestSide);

    /// <inheritdoc/>
    public int Label(long index) => _whole.Label(_indices[index]);

    /// <summary>Leaves the whole split open: it belongs to whoever opened it.</summary>
    public void Dispose()
    {
    }

    private static long[] Chosen(IImageDataset whole, DataOptions options)
    {
        var order = EpochOrder.Shuffled(whole.Info.Count, options.ShareSeed, epoch: 0, RandomPurpose.Share);
        var kept = options.LongTail == 1 ? order : Tail(order, whole, options.LongTail);
        var count = Math.Max(1, (int)Math.Round(kept.Length * options.Share));

        return [.. kept.Take(count).Order()];
    }

    // Class c of C keeps a share of ratio^(-c / (C - 1)) of its images: all of the first class, 1 / ratio of the last.
    private static long[] Tail(long[] order, IImageDataset whole, double ratio)
    {
        var classes = whole.Info.Classes.Count;
        var left = new long[classes];
        foreach (var sample in order)
        {
            left[whole.Label(sample)]++;
        }

        for (var label = 0; label < classes; label++)
        {
            left[label] = Math.Min(left[label], Math.Max(1, (long)Math.Round(left[label] * Math.Pow(ratio, -(double)label / (classes - 1)))));
        }

        return [.. order.Where(sample => left[whole.Label(sample)]-- > 0)];
    }

    private static string Digest(string whole, DataOptions options) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{whole} {RandomPurpose.Share} {options.Share} {options.ShareSeed} {options.LongTail}"))))[..8];

    private sealed class WithoutCaptions(IImageDataset whole, DataOptions options) : TrainingShare(whole, options);

    private sealed class WithCaptions(IImageDataset whole, ICaptionedImages captions, DataOptions options) : TrainingShare(whole, options), ICaptionedImages
    {
        public string Caption(long index) => captions.Caption(_indices[index]);
    }

    private sealed class OfSeveralClasses(IImageDataset whole, IMultiLabelImages classes, DataOptions options)
        : TrainingShare(whole, options), IMultiLabelImages
    {
        public void ReadClasses(long index, Span<sbyte> shown) => classes.ReadClasses(_indices[index], shown);
    }

    private sealed class OfVideos(IVideoDataset whole, DataOptions options) : TrainingShare(whole, options), IVideoDataset
    {
        public VideoInfo Video(long index) => whole.Video(_indices[index]);

        public string NameOf(long index) => whole.NameOf(_indices[index]);

        public void ReadFrames(long index, ReadOnlySpan<int> frames, ClipBuffer clip, SmallestSide? smallestSide = null) =>
            whole.ReadFrames(_indices[index], frames, clip, smallestSide);
    }
}
