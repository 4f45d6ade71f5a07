using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class ClusteringGoldens
{
    [Golden("target.sinkhorn")]
    public static GoldenResult Sinkhorn(GoldenCase golden) => new(("q", SinkhornAssignment.Compute(
        golden.Input("scores"), golden.Double("epsilon"), (int)golden.Long("iterations"), golden.HasInput("queue_scores") ? golden.Input("queue_scores")
            : null)));

    [Golden("loss.swav")]
    public static GoldenResult SwAV(GoldenCase golden)
    {
        var (z, prototypes) = (golden.Input("z").unbind().Select(Rows.Unit).ToList(), golden.Input("prototypes"));   // V of [B, D]
        var scores = z.Select(view => view.matmul(prototypes.t())).ToList();                                         // V of [B, K]
        var before = golden.HasInput("queue") ? golden.Input("queue").unbind() : [];                                 // A of [Q, D], newest first
        var assigned = (int)golden.Long("num_assign_crops");
        var codes = Enumerable.Range(0, assigned).Select(view => SinkhornAssignment.Compute(
            scores[view], golden.Double("epsilon"), (int)golden.Long("iterations"), IsFull(view) ? before[view].matmul(prototypes.t()) : null)).ToList();
        var loss = SwappedPredictionLoss.Compute(scores, codes, golden.Double("temperature"));
        if (before.Length == 0)
        {
            return new(("loss", loss));
        }

        return new(("loss", loss), ("queue_after", torch.stack([.. before.Select((queue, view) => Pushed(queue, z[view]))])));

        bool IsFull(int view) => before.Length > 0 && before[view][-1].ne(0).any().item<bool>();
    }

    [Golden("target.spherical_kmeans")]
    public static GoldenResult SphericalKMeans(GoldenCase golden)
    {
        var embeddings = golden.Input("embeddings");   // [N, D]
        var (centroids, assignments) = Plugins.Parts.SphericalKMeans.Cluster(embeddings, embeddings.index_select(0, golden.Input("init_idx")),
            (int)golden.Long("iterations"));
        return new(("centroids", centroids), ("assignments", assignments));
    }

    [Golden("loss.deepclusterv2")]
    public static GoldenResult DeepClusterV2(GoldenCase golden) => new(("loss",
        ClusterPredictionLoss.Compute(golden.Input("scores"), golden.Input("assignments"), golden.Double("temperature"))));

    /// <summary>A file lists a queue from its newest row; ours is a ring that overwrites the oldest ones in place, so its start is the pointer.</summary>
    private static Tensor Pushed(Tensor newestFirst, Tensor rows)
    {
        var queue = Queues.From(newestFirst, rows.shape[0], newestFirst.shape[0] - rows.shape[0]);
        queue.Enqueue(rows, labels: null);
        return queue.Keys.roll(rows.shape[0], 0);
    }
}
