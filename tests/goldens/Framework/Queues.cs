using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

/// <summary>Queues with the content of a golden file.</summary>
internal static class Queues
{
    /// <param name="keys">Stored keys, [K, D].</param>
    /// <param name="keysPerStep">Keys that enter at once.</param>
    /// <param name="pointer">Row that the next key overwrites.</param>
    public static FeatureQueue From(Tensor keys, long keysPerStep, long pointer)
    {
        using var mode = torch.no_grad();
        var queue = new FeatureQueue(keys.shape[0], keys.shape[1], keysPerStep, seed: 0);
        queue.Keys.copy_(keys);
        queue.get_buffer("queue_ptr")!.fill_(pointer);
        return queue;
    }

    /// <summary>The pointer as a scalar, [].</summary>
    public static Tensor PointerOf(FeatureQueue queue) => queue.get_buffer("queue_ptr")!.clone().squeeze(0);
}
