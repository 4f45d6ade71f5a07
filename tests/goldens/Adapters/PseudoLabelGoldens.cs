using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class PseudoLabelGoldens
{
    [Golden("target.kmeans_step")]
    public static GoldenResult KMeansStep(GoldenCase golden)
    {
        var (points, centroids) = (golden.Input("points"), golden.Input("centroids"));
        var (assignments, means, score) = golden.Text("metric") == "l2" ? Euclidean(points, centroids) : Spherical(points, centroids);

        return new(("assignments", assignments), ("score", score), ("counts", torch.tensor(ClusterSizes.Of(assignments, centroids.shape[0]))),
            ("new_centroids", means), ("objective", score.sum()));
    }

    [Golden("target.kmeans_empty_repair")]
    public static GoldenResult EmptyRepair(GoldenCase golden)
    {
        var (centroids, sizes) = (golden.Input("centroids").clone(), golden.Input("counts").data<long>().ToArray());
        var donors = new Queue<int>(golden.Input("donors").data<long>().Select(donor => (int)donor));
        if (golden.Text("mode") == "faiss")
        {
            EmptyClusters.Split(centroids, sizes, _ => donors.Dequeue(), golden.Double("eps", EmptyClusters.RelativeShift));

            return new(("centroids", centroids), ("counts", torch.tensor(sizes)));
        }

        var assignments = golden.Input("assignments").clone();
        EmptyClusters.Halve(centroids, sizes, assignments, _ => donors.Dequeue(), golden.Double("eps", EmptyClusters.AbsoluteShift));

        return new(("centroids", centroids), ("counts", torch.tensor(sizes)), ("assignments", assignments));
    }

    [Golden("target.pca_whiten")]
    public static GoldenResult PcaWhiten(GoldenCase golden)
    {
        var x = golden.Input("x");
        var pca = PcaWhitening.Fit(x, (int)golden.Long("out_dim"), golden.Double("eigen_floor_relative"), x.device);
        var y = golden.Bool("l2_normalize") ? Rows.Unit(pca.Apply(x)) : pca.Apply(x);

        return new(("mean", pca.Mean), ("eigenvalues", pca.Eigenvalues), ("gram", y.matmul(y.t())), ("abs_out", y.abs()));
    }

    [Golden("target.uniform_pseudolabel_quota")]
    public static GoldenResult UniformQuota(GoldenCase golden)
    {
        var sizes = ClusterSizes.Of(golden.Input("assignments"), golden.Long("num_clusters"));
        var quota = UniformClusters.Quota(sizes, golden.Long("dataset_size"));
        var drawn = sizes.Select(size => size == 0 ? 0 : quota).ToArray();

        return new(
            ("quota", torch.tensor(quota)), ("per_cluster", torch.tensor(drawn)), ("pool_size", torch.tensor(drawn.Sum())),
            ("with_replacement", torch.tensor([.. sizes.Select(size => UniformClusters.Repeats(size, quota) ? 1L : 0L)])));
    }

    [Golden("target.sela_sinkhorn")]
    public static GoldenResult SelfLabelling(GoldenCase golden)
    {
        var (logs, lambda) = (golden.Input("probs").to(torch.float64).log(), golden.Double("lambda_"));
        var (count, clusters) = (logs.shape[0], logs.shape[1]);
        var (factors, rounds) = EqualPartition.Balance(logs, lambda, golden.Double("tol"), checkEvery: (int)golden.Long("check_every", 10));
        var labels = EqualPartition.Labels(logs, lambda, factors);
        var plan = ((logs * lambda) + factors).softmax(1) / count;   // the last scaling is that of the images

        return new(
            ("labels", labels), ("plan", plan), ("iterations", torch.tensor((long)rounds)),
            ("label_counts", torch.tensor(ClusterSizes.Of(labels, clusters))), ("row_marginal", plan.sum(1)), ("col_marginal", plan.sum([0])),
            ("cost", EqualPartition.Cost(logs, labels)));
    }

    [Golden("schedule.sela_relabel")]
    public static GoldenResult Relabelling(GoldenCase golden)
    {
        var pace = golden.Text("kind") == "quadratic" ? RelabelPace.Quadratic : RelabelPace.Linear;
        var epochs = torch.tensor([.. new RelabelSchedule((int)golden.Long("epochs"), (int)golden.Long("num_relabelings"), pace).Times]);

        return new(("epochs", epochs), ("times", epochs * golden.Long("dataset_size")));
    }

    [Golden("layer.sobel")]
    public static GoldenResult Sobel(GoldenCase golden) => new((
        "out", new SobelFilter(golden.Text("padding") == "inside" ? 1 : 2).call(golden.Input("images"))));

    [Golden("loss.deepercluster")]
    public static GoldenResult DeeperCluster(GoldenCase golden)
    {
        var sub = golden.Input("sub_targets");
        var pairs = DeeperClusterLoss.SuperClasses(torch.full_like(sub, golden.Long("super_cluster")), torch.full_like(sub, golden.Long("rotation")));
        var (ofSuperClasses, ofClusters) = DeeperClusterLoss.Compute(golden.Input("super_logits"), pairs, golden.Input("sub_logits"), sub);

        return new(
            ("loss", ofSuperClasses + ofClusters), ("loss_super", ofSuperClasses), ("loss_sub", ofClusters), ("super_index", pairs[0]));
    }

    private static (Tensor Assignments, Tensor Means, Tensor Score) Euclidean(Tensor points, Tensor centroids)
    {
        var nearest = KMeans.Nearest(points, centroids);

        return (nearest, KMeans.Means(points, nearest, centroids), KMeans.SquaredDistances(points, centroids, nearest));
    }

    private static (Tensor Assignments, Tensor Means, Tensor Score) Spherical(Tensor points, Tensor centroids)
    {
        var nearest = SphericalKMeans.Cluster(points, centroids, iterations: 0).Assignments;
        var means = SphericalKMeans.Cluster(points, centroids, iterations: 1).Centroids;

        return (nearest, means, (points * centroids.index_select(0, nearest)).sum(1));
    }
}
