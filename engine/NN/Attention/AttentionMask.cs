namespace Parallax.Torch.Modules;

/// <summary>The two masks of multi-head attention as one that is added to the logits.</summary>
internal static class AttentionMask
{
    /// <param name="keyPadding">[N, S], true for keys to ignore, or numbers to add.</param>
    /// <param name="attention">[L, S] or [N heads, L, S], true for pairs that may not attend, or numbers to add.</param>
    /// <param name="type">Type of the logits.</param>
    /// <param name="batch">N.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="addedKeys">Keys appended at the end, which everyone sees.</param>
    /// <returns>Broadcastable to [N, heads, L, S]; null without masks.</returns>
    public static Tensor? Combine(Tensor? keyPadding, Tensor? attention, ScalarType type, long batch, long heads, int addedKeys)
    {
        var padding = keyPadding is null ? null : Added(keyPadding, type).view(batch, 1, 1, keyPadding.size(1));   // [N, 1, 1, S]
        var pairs = attention is null ? null : Added(attention, type);
        if (pairs is not null)
        {
            pairs = pairs.dim() == 3 ? pairs.view(batch, heads, pairs.size(1), pairs.size(2)) : pairs.view(1, 1, pairs.size(0), pairs.size(1));
        }

        var mask = padding is null ? pairs : pairs is null ? padding : pairs.add(padding);
        return mask is null || addedKeys == 0 ? mask : F.pad(mask, (0L, addedKeys));
    }

    private static Tensor Added(Tensor mask, ScalarType type)
    {
        if (mask.dtype != ScalarType.Bool)
        {
            return mask.to(type);
        }

        return zeros(mask.shape, type, mask.device).masked_fill(mask, double.NegativeInfinity);
    }
}
