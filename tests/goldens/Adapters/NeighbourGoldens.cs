using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class NeighbourGoldens
{
    [Golden("loss.nn_queue_aux")]
    public static GoldenResult NeighbourQueue(GoldenCase golden)
    {
        var queue = golden.Input("queue");
        var neighbours = NeighbourQueueLoss.Neighbours(golden.Input("q_backbone"), golden.Input("queue_backbone"), (int)golden.Long("topk"));
        var (q, temperature) = (golden.Input("q"), golden.Double("temperature"));
        var denominators = LogSumExp.Over(Rows.Unit(q), queue, temperature);
        return new(("loss", NeighbourQueueLoss.Compute(q, queue, neighbours, denominators, temperature)), ("nn_index", neighbours));
    }

    [Golden("loss.interclr_inter")]
    public static GoldenResult InterImage(GoldenCase golden)
    {
        var (bank, negatives) = (golden.Input("feature_bank"), golden.Input("neg_idx"));
        var (kind, margin) = golden.HasOption("arc_margin") ? (MarginKind.Arc, golden.Double("arc_margin")) : (MarginKind.Cosine, golden.Double("cos_margin"));
        var logits = InterImageLoss.Logits(
            golden.Input("q"), bank.index_select(0, golden.Input("pos_idx")), bank[negatives], golden.Double("temperature"), kind, margin);
        return new(("loss", InfoNCELoss.FromLogits(logits)));
    }

    [Golden("memory.interclr_update")]
    public static GoldenResult PseudoLabels(GoldenCase golden)
    {
        var (features, centroids) = (golden.Input("feature_bank"), golden.Input("centroids"));
        var settings = new PseudoLabelSettings((int)centroids.shape[0], MinClusterSize: 1, golden.Double("momentum"), CentroidEverySteps: 10);
        var bank = new PseudoLabelBank(features.shape[0], features.shape[1], settings, seed: 0);
        bank.Features.copy_(features);
        bank.Labels.copy_(golden.Input("label_bank"));
        bank.Centroids.copy_(centroids);
        var changed = bank.Update(golden.Input("idx"), golden.Input("features"));
        bank.ComputeCentroids();
        return new(
            ("feature_bank_after", bank.Features), ("label_bank_after", bank.Labels), ("change_ratio", changed), ("centroids_recomputed", bank.Centroids));
    }
}
