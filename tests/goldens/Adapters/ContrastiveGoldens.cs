using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class ContrastiveGoldens
{
    [Golden("loss.nt_xent")]
    public static GoldenResult NTXent(GoldenCase golden)
    {
        var reduction = golden.Text("reduction", "mean_2n") switch
        {
            "mean_2n" => NTXentReduction.MeanOverAnchors,
            "sum_of_view_means" => NTXentReduction.SumOfViewMeans,
            var other => throw new InvalidDataException($"Unknown reduction '{other}'."),
        };
        return new(("loss", NTXentLoss.Compute(golden.Input("z1"), golden.Input("z2"), golden.Double("temperature"), reduction)));
    }

    [Golden("loss.info_nce_queue")]
    public static GoldenResult InfoNCE(GoldenCase golden)
    {
        var (q, k) = (golden.Input("q"), golden.Input("k"));
        var queue = Queues.From(golden.Input("queue"), k.shape[0], golden.Long("ptr", 0));
        var before = queue.Keys.clone();   // the trainer enqueues once gradients are done, a golden file before
        var logits = InfoNCELoss.Logits(q, k, before, golden.Double("temperature"));
        var loss = InfoNCELoss.Compute(q, k, before, golden.Double("temperature"));
        queue.Enqueue(Rows.Unit(k), labels: null);
        return new(("loss", loss), ("logits", logits), ("queue_after", queue.Keys), ("ptr_after", Queues.PointerOf(queue)));
    }

    [Golden("loss.info_nce_queue_symmetric")]
    public static GoldenResult SymmetricInfoNCE(GoldenCase golden)
    {
        var (k1, k2) = (golden.Input("k1"), golden.Input("k2"));
        var queue = Queues.From(golden.Input("queue"), 2 * k1.shape[0], golden.Long("ptr", 0));
        var temperature = golden.Double("temperature");
        var before = queue.Keys.clone();   // the trainer enqueues once gradients are done, a golden file before
        var loss = InfoNCELoss.Compute(golden.Input("q1"), k2, before, temperature) + InfoNCELoss.Compute(golden.Input("q2"), k1, before, temperature);
        queue.Enqueue(Rows.Unit(torch.cat([k1, k2], 0)), labels: null);
        return new(("loss", loss), ("queue_after", queue.Keys), ("ptr_after", Queues.PointerOf(queue)));
    }
}
