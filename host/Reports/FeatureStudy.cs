using Parallax.Host.Embeddings;

namespace Parallax.Host.Reports;

/// <summary>What a backbone makes of some images.</summary>
/// <param name="Step">Optimizer steps behind it.</param>
/// <param name="Data">The images' data set.</param>
/// <param name="Images">The images, in the order of the data set.</param>
/// <param name="Spectrum">Singular values of their features around the mean, the largest first.</param>
/// <param name="Width">Width F of the features.</param>
/// <param name="Votes">What their nearest neighbours among training images say; null without labels or held-out images.</param>
/// <param name="StepsPerEpoch">Optimizer steps of an epoch.</param>
internal sealed record FeatureStudy(
    long Step, DatasetInfo Data, IReadOnlyList<StudiedImage> Images, IReadOnlyList<double> Spectrum, long Width, NeighbourVotes? Votes, long StepsPerEpoch)
{
    /// <summary>Whether the images are videos, of which the middle frames are shown.</summary>
    public bool AreVideos { get; init; }

    /// <summary>What its layers look for and see; null where it has no maps.</summary>
    public LayerPictures? Layers { get; init; }

    /// <summary>Images that could not be read.</summary>
    public int Unreadable { get; init; }

    /// <summary>Why the votes could not be counted; null where they were, or where there is nothing to vote on.</summary>
    public string? VotesFault { get; init; }

    /// <summary>The exponential of the entropy of the singular values: from 1 to their number.</summary>
    public double EffectiveRank
    {
        get
        {
            var sum = Spectrum.Sum();

            return sum == 0 ? 1 : Math.Exp(-Spectrum.Where(value => value > 0).Sum(value => value / sum * Math.Log(value / sum)));
        }
    }

    /// <summary>Share of the variance that the first directions hold, a fraction.</summary>
    /// <param name="directions">How many.</param>
    public double Explained(int directions)
    {
        var all = Spectrum.Sum(value => value * value);

        return all == 0 ? 0 : Spectrum.Take(directions).Sum(value => value * value) / all;
    }

    /// <summary>The class of an image; null without.</summary>
    public string? ClassOf(StudiedImage image) => image.Label >= 0 && image.Label < Data.Classes.Count ? Data.Classes[image.Label] : null;
}

/// <summary>An image that was looked at.</summary>
/// <param name="Name">Its path in the data set, or its number.</param>
/// <param name="Label">Its class; -1 without.</param>
/// <param name="Png">A small picture of what the network saw.</param>
/// <param name="X">Where it lies along the first principal component of the features.</param>
/// <param name="Y">Where it lies along the second one.</param>
/// <param name="Neighbours">The images among these whose features are most similar.</param>
internal sealed record StudiedImage(string Name, int Label, byte[] Png, double X, double Y, IReadOnlyList<Neighbour> Neighbours);
