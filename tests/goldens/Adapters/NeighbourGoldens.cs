using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class NeighbourGoldens
{
    [Golden("loss.nn_queue_aux")]
    public static GoldenResult NeighbourQueue(GoldenCase golden)
    {
        var queue = golden.Input("queue");
        var neighbours = NeighbourQueueLoss.Neighbours(golden.Input("q_backbone"), golden.Input("queue_backbone"), (int)golden.Long("topk"));
        var logits = Rows.Unit(golden.Input("q")).matmul(queue.t()) / golden.Double("temperature");
        return new(("loss", NeighbourQueueLoss.FromLogits(logits, neighbours)), ("nn_index", neighbours));
    }
}
