namespace Parallax.Plugins.Parts;

/// <summary>The hidden patches of a batch, one row each: image after image, row by row.</summary>
/// <param name="Places">Place of each hidden patch among the N L patches of the batch, [M] int64.</param>
/// <param name="Weights">One over the number of hidden patches of its image, [M] float32: they add up to one for each image that has any.</param>
/// <param name="Images">Number of images N, those without a hidden patch included.</param>
public sealed record HiddenPatches(Tensor Places, Tensor Weights, long Images)
{
    /// <summary>Finds the hidden patches.</summary>
    /// <param name="hidden">1 where a patch is hidden, else 0, [N, L] or [N, h, w]; on the CPU it costs a GPU no wait.</param>
    /// <param name="device">Where the patches are.</param>
    public static HiddenPatches Of(Tensor hidden, Device device)
    {
        using var scope = NewDisposeScope();
        var rows = hidden.flatten(1).to(float32);                                     // [N, L]
        var weights = rows / rows.sum(1, keepdim: true).clamp_min(1);                 // [N, L]
        var places = rows.flatten().nonzero().squeeze(1);                             // [M]
        var own = weights.flatten().index_select(0, places).to(device);               // [M]

        return new(places.to(device).MoveToOuterDisposeScope(), own.MoveToOuterDisposeScope(), rows.shape[0]);
    }

    /// <summary>The rows of the hidden patches.</summary>
    /// <param name="tokens">A row per patch, [N, L, D].</param>
    /// <returns>[M, D]; gradients pass.</returns>
    public Tensor Take(Tensor tokens) => tokens.flatten(0, 1).index_select(0, Places);
}
