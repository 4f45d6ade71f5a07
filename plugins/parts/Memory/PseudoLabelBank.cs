namespace Parallax.Plugins.Parts;

/// <summary>How a <see cref="PseudoLabelBank"/> keeps its clusters.</summary>
/// <param name="Clusters">Number of clusters C.</param>
/// <param name="MinClusterSize">A cluster with fewer images is dissolved.</param>
/// <param name="Momentum">Share of the new feature in an image's row, a fraction in (0, 1]; 1 replaces the row.</param>
/// <param name="CentroidEverySteps">Updates between two computations of all centroids.</param>
public sealed record PseudoLabelSettings(int Clusters, int MinClusterSize, double Momentum, int CentroidEverySteps);

/// <summary>
/// A unit feature and a pseudo-label for every training image, kept up to date while training goes on. Its tensors are buffers: checkpoints and device moves
/// include them.
/// </summary>
/// <remarks>
/// <para>Xie et al., "Delving into Inter-Image Invariance for Unsupervised Visual Representations", IJCV 2022, section 3.2, https://arxiv.org/abs/2008.11702,
/// as in the authors' code. After a step: row = normalise((1 - mu) row + mu key), label = the centroid with the largest dot product (centroids are plain means,
/// not normalised); every few updates all centroids are computed again; small clusters are dissolved, and each free number gets one half of the largest
/// cluster.</para>
/// <para>Differs from the authors' code: random choices are keyed by seed and update, so all processes and a resumed run agree.</para>
/// </remarks>
public sealed class PseudoLabelBank : Module, IFeatureMemory
{
    private const int SplitIterations = 10;

    // The names of these fields are the names in checkpoints.
    private readonly Tensor bank;
    private readonly Tensor labels;
    private readonly Tensor centroids;
    private readonly Tensor updates;
    private readonly PseudoLabelSettings _settings;
    private readonly long _seed;

    /// <summary>Makes a bank of random unit rows with labels dealt out in turn; <see cref="Initialize"/> gives it meaning.</summary>
    /// <param name="images">Training images M.</param>
    /// <param name="dimension">Length D of a feature.</param>
    /// <param name="settings">How clusters are kept.</param>
    /// <param name="seed">Seed of all random choices.</param>
    public PseudoLabelBank(long images, long dimension, PseudoLabelSettings settings, long seed)
        : base(nameof(PseudoLabelBank))
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.Clusters, images);
        (_settings, _seed) = (settings, seed);
        using var generator = new Generator(unchecked((ulong)seed));
        bank = Rows.Unit(randn([images, dimension], dtype: float32, generator: generator));
        labels = arange(images, dtype: int64).remainder(settings.Clusters);
        centroids = KMeans.Means(bank, labels, zeros([settings.Clusters, dimension]));
        updates = zeros([1], dtype: int64);
        RegisterComponents();
    }

    /// <summary>Unit feature of each image, [M, D].</summary>
    public Tensor Features => bank;

    /// <summary>Pseudo-label of each image, [M] int64 in [0, C).</summary>
    public Tensor Labels => labels;

    /// <summary>Mean feature of each cluster, [C, D], not normalised.</summary>
    public Tensor Centroids => centroids;

    /// <summary>Takes in features of all images and clusters them by k-means.</summary>
    /// <param name="features">[M, D]; normalised here.</param>
    /// <param name="iterations">Rounds of k-means.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public void Initialize(Tensor features, int iterations, CancellationToken stop = default)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        bank.copy_(Rows.Unit(features.to(bank.device)));
        using var generator = new Generator(unchecked((ulong)_seed));
        var first = randperm(bank.shape[0], dtype: int64, generator: generator).narrow(0, 0, _settings.Clusters).to(bank.device);
        var (means, assignments) = KMeans.Cluster(bank, bank.index_select(0, first), iterations, stop: stop);
        labels.copy_(assignments);
        centroids.copy_(KMeans.Means(bank, labels, means));
        DissolveSmall(step: 0);
    }

    /// <summary>A random image of the same cluster for each image, possibly itself.</summary>
    /// <param name="images">Indices of images, [N] int64.</param>
    /// <param name="uniform">Random numbers in [0, 1), [N] float64.</param>
    /// <returns>Indices of images, [N] int64.</returns>
    public Tensor Companions(Tensor images, Tensor uniform)
    {
        using var noGradients = no_grad();
        var byLabel = labels.sort(0, stable: true).Indices;                               // [M], the images of a cluster side by side
        var (own, sizes) = (labels.index_select(0, images), Sizes());                     // [N], [C]
        var size = sizes.index_select(0, own);                                            // [N]
        var place = (uniform.to(own.device) * size).to(int64).minimum(size - 1);          // [N], from the last of the cluster downwards

        return byLabel.index_select(0, sizes.cumsum(0).index_select(0, own) - 1 - place);
    }

    /// <summary>Writes new features of some images and labels them anew.</summary>
    /// <param name="images">Indices of images, [N] int64.</param>
    /// <param name="features">[N, D]; normalised here.</param>
    /// <returns>Share of these images whose label changed, [].</returns>
    public Tensor Update(Tensor images, Tensor features)
    {
        using var noGradients = no_grad();
        var rows = Rows.Unit(((1 - _settings.Momentum) * bank.index_select(0, images)) + (_settings.Momentum * Rows.Unit(features)));   // [N, D]
        var fresh = rows.matmul(centroids.t()).argmax(1);                                 // [N]
        var changed = (fresh != labels.index_select(0, images)).to(float32).mean();
        bank.index_copy_(0, images, rows);
        labels.index_copy_(0, images, fresh);

        return changed;
    }

    /// <summary>Makes each centroid the mean of its images' features; one without images stays.</summary>
    public void ComputeCentroids()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        centroids.copy_(KMeans.Means(bank, labels, centroids));
    }

    void IFeatureMemory.Remember(Tensor rows, Tensor? tags)
    {
        var images = tags ?? throw new ArgumentException(
            "A bank needs to know whose features these are; expected image indices as tags, [N] int64.", nameof(tags));
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        Update(images, rows);
        var step = updates.add_(1).item<long>();
        if (step % _settings.CentroidEverySteps == 0)
        {
            ComputeCentroids();
        }

        DissolveSmall(step);
    }

    private Tensor Sizes() => labels.bincount(null, minlength: _settings.Clusters);   // [C]

    private void DissolveSmall(long step)
    {
        var isSmall = Sizes() < _settings.MinClusterSize;                                 // [C]
        var free = isSmall.nonzero().flatten();
        if (free.shape[0] == 0)
        {
            return;
        }

        var homeless = isSmall.index_select(0, labels).nonzero().flatten();               // images of small clusters
        if (homeless.shape[0] > 0)
        {
            var scores = bank.index_select(0, homeless).matmul(centroids.t()).masked_fill(isSmall, double.NegativeInfinity);
            labels.index_copy_(0, homeless, scores.argmax(1));
        }

        foreach (var number in free.cpu().data<long>().ToArray())
        {
            SplitLargest(number, step);
        }
    }

    /// <summary>Gives one half of the largest cluster a free number: 2-means, or every other image in random order when that leaves a side empty.</summary>
    private void SplitLargest(long number, long step)
    {
        using var scope = NewDisposeScope();
        var largest = Sizes().argmax();                                                   // []
        var members = (labels == largest).nonzero().flatten();                            // [m]
        var rows = bank.index_select(0, members);                                         // [m, D]
        var random = new CounterRandom(_seed, step, number, RandomPurpose.Order);
        var order = Enumerable.Range(0, (int)members.shape[0]).Select(i => (long)i).ToArray();
        random.Shuffle<long>(order);
        var shuffled = tensor(order, dtype: int64, device: bank.device);                  // [m]
        var halves = KMeans.Cluster(rows, rows.index_select(0, shuffled.narrow(0, 0, Math.Min(2, order.Length))), SplitIterations).Assignments;   // [m], 0 or 1
        if (halves.sum().item<long>() is var second && (second == 0 || second == order.Length))
        {
            halves = shuffled.remainder(2);
        }

        labels.index_copy_(0, members, where(halves == 1, full_like(members, number), largest));
        var pair = stack([largest, full_like(largest, number)]);                          // [2]
        centroids.index_copy_(0, pair, KMeans.Means(rows, halves, centroids.index_select(0, pair)));
    }
}
