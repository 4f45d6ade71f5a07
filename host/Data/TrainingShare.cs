using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Parallax.Host.Configuration;

namespace Parallax.Host.Data;

/// <summary>
/// The part of a training split that a run learns from: drawn once from a seed, with a long tail of classes where that is asked for. A smaller share is part of
/// a larger one. Parts that are measured (<c>evaluation.maxTrainSamples</c>) are drawn independently of it.
/// </summary>
internal static class TrainingShare
{
    /// <summary>The whole split, or the part that the options ask for.</summary>
    /// <param name="whole">Open as long as the part is used; whoever opened it disposes it.</param>
    /// <param name="options">Share, seed and tail.</param>
    /// <exception cref="ConfigurationException">A long tail is asked for, and there are no classes.</exception>
    public static IImageDataset Of(IImageDataset whole, DataOptions options) => options is { Share: 1, LongTail: 1 } ? whole
        : options.LongTail > 1 && whole.Info.Classes.Count < 2 ? throw new ConfigurationException(
            $"data.longTail is {options.LongTail.ToString(CultureInfo.InvariantCulture)}, and '{whole.Info.Location}' has {whole.Info.Classes.Count} classes; "
            + "a tail takes two or more. Set it to 1, or take a data set with classes.")
        : options.LongTail > 1 && whole.Info.IsMultiLabel ? throw new ConfigurationException(
            $"data.longTail is {options.LongTail.ToString(CultureInfo.InvariantCulture)}, and the images of '{whole.Info.Location}' show several classes each; "
            + "a tail takes one class of each image. Set it to 1, or take data with class folders.")
        : Part(whole, Chosen(whole, options), options);

    /// <summary>The end of a sentence about a batch that is larger than what a run learns from.</summary>
    /// <param name="learned">What <see cref="Of"/> gave.</param>
    /// <param name="options">Share, seed and tail.</param>
    /// <param name="batch">Samples of a batch.</param>
    public static string TooFew(IImageDataset learned, DataOptions options, int batch)
    {
        var (whole, few) = (learned is DatasetPart { Whole: var all } ? all : learned, learned.Info.Count);
        var (count, noun) = (whole.Info.Count, SampleNoun.Of(whole, whole.Info.Count));
        if (whole == learned)
        {
            return $"'{whole.Info.Location}' has only {few} training {noun}. Lower it to at most {few}.";
        }

        string[] keys =
        [
            .. options.Share < 1 ? [string.Create(CultureInfo.InvariantCulture, $"data.share {options.Share}")] : (string[])[],
            .. options.LongTail > 1 ? [string.Create(CultureInfo.InvariantCulture, $"data.longTail {options.LongTail}")] : (string[])[],
        ];
        var advice = count >= batch ? $"Take more of them, or lower the batch to at most {few}." : $"Lower the batch to at most {few}.";

        return $"{string.Join(" and ", keys)} {(keys.Length == 1 ? "leaves" : "leave")} only {few} of the {count} training {noun} of "
            + $"'{whole.Info.Location}'. {advice}";
    }

    private static DatasetPart Part(IImageDataset whole, long[] indices, DataOptions options)
    {
        var less = whole.Info.Count - indices.Length;
        var left = string.Create(
            CultureInfo.InvariantCulture, $"{less:N0} {SampleNoun.Of(whole, less)} (data.share {options.Share}, data.longTail {options.LongTail})");

        return DatasetPart.Of(whole, indices, whole.Info with
        {
            Count = indices.Length, Digest = Digest(whole.Info.Digest, options), LeftOut = [.. whole.Info.LeftOut, left],
        }, isByItself: true);
    }

    private static long[] Chosen(IImageDataset whole, DataOptions options)
    {
        var order = EpochOrder.Shuffled(whole.Info.Count, options.ShareSeed ?? 0, epoch: 0, RandomPurpose.Share);
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
        string.Create(CultureInfo.InvariantCulture, $"{whole} {RandomPurpose.Share} {options.Share} {options.ShareSeed ?? 0} {options.LongTail}"))))[..8];
}
