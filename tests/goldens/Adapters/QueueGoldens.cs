using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class QueueGoldens
{
    [Golden("memory.fifo_enqueue")]
    public static GoldenResult Fifo(GoldenCase golden)
    {
        var keys = golden.Input("keys");   // [steps, B, D]
        var queue = Queues.From(golden.Input("queue"), keys.shape[1], golden.Long("ptr", 0));
        var pointers = new List<Tensor>();
        foreach (var batch in keys.unbind())
        {
            queue.Enqueue(Rows.Unit(batch), labels: null);
            pointers.Add(Queues.PointerOf(queue));
        }

        return new(("queue_after", queue.Keys), ("ptr_after", torch.stack(pointers)));
    }

    /// <summary>The same memory with keys in columns, written as they are.</summary>
    [Golden("memory.ring_queue")]
    public static GoldenResult Ring(GoldenCase golden)
    {
        var keys = golden.Input("keys");   // [B, D]
        var queue = Queues.From(golden.Input("queue").t().contiguous(), keys.shape[0], golden.Long("ptr", 0));
        queue.Enqueue(keys, labels: null);
        return new(("queue", queue.Keys.t()), ("ptr", Queues.PointerOf(queue)));
    }
}
