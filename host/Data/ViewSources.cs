namespace Parallax.Host.Data;

/// <summary>Of which images the views of a sample are made.</summary>
/// <param name="Image">Its own, from which index, label and caption come.</param>
/// <param name="Views">The views that are made of it, from 0; one at least.</param>
/// <param name="Positive">The image of the other views.</param>
/// <param name="PositiveViews">The other views; none where <paramref name="Positive"/> is <paramref name="Image"/>.</param>
internal readonly record struct SampleSources(long Image, int[] Views, long Positive, int[] PositiveViews);

/// <summary>Chooses the images that views are made of: that of the sample, or where the method declares it, the sample's positive.</summary>
internal sealed class ViewSources
{
    private readonly IPositiveSampling? _sampling;
    private readonly long _count;
    private readonly int[] _own, _positive;
    private volatile EpochPositives? _chosen;   // one object: workers read epoch and images together

    /// <param name="views">Number of views.</param>
    /// <param name="count">Images of the data set.</param>
    /// <param name="sampling">Chooses positives; null makes all views of the sample itself.</param>
    /// <exception cref="InvalidOperationException">A view of positives is none of the views, or no view is left for the sample itself.</exception>
    public ViewSources(int views, long count, IPositiveSampling? sampling)
    {
        (_sampling, _count) = (sampling, count);
        All = [.. Enumerable.Range(0, views)];
        _positive = [.. sampling?.PositiveViews ?? []];
        _own = [.. All.Except(_positive)];
        if (_own.Length == 0 || _positive.Except(All).Any())
        {
            throw new InvalidOperationException(
                $"The method makes the views {string.Join(", ", _positive)} of positives; expected some of 0 to {views - 1}, and one at least that is not.");
        }
    }

    /// <summary>All views.</summary>
    public int[] All { get; }

    /// <summary>Asks the method for the positives of an epoch.</summary>
    /// <exception cref="InvalidOperationException">There are more or fewer than images, or one is none of them.</exception>
    public void Begin(long epoch)
    {
        if (_sampling is null)
        {
            return;
        }

        var positives = _sampling.Positives((int)epoch);
        if (positives.Count != _count)
        {
            throw new InvalidOperationException($"The method gives {positives.Count} positives for an epoch; expected one for each of the {_count} images.");
        }

        if (positives.Any(image => image < 0 || image >= _count))
        {
            throw new InvalidOperationException(
                $"The method gives positives from {positives.Min()} to {positives.Max()} for an epoch; expected images from 0 to {_count - 1}.");
        }

        _chosen = new(epoch, positives);
    }

    /// <summary>The images of a sample's views. In an epoch that was not begun all are the sample's own.</summary>
    /// <param name="sample">Key of the sample.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    public SampleSources Of(long sample, long epoch)
    {
        var image = EpochOrder.ImageOf(sample);
        var positive = _chosen is { } chosen && chosen.Epoch == epoch ? chosen.Images[(int)image] : image;

        return positive == image ? new(image, All, image, []) : new(image, _own, positive, _positive);
    }

    private sealed record EpochPositives(long Epoch, IReadOnlyList<long> Images);
}
