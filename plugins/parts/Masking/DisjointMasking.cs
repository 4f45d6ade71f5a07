namespace Parallax.Plugins.Parts;

/// <summary>Several sparse selections of the patches of an image that have no patch in common.</summary>
/// <remarks>
/// Wu et al., "Extreme Masking for Learning Instance and Distributed Visual Representations", TMLR 2023, section 3, https://arxiv.org/abs/2206.04667, as in
/// the authors' code: patches are sorted by noise, each mask keeps the next int(L (1 - ratio)) of them.
/// </remarks>
public static class DisjointMasking
{
    /// <summary>The patches that each mask keeps.</summary>
    /// <param name="noise">[N, L] float32.</param>
    /// <param name="ratio">Share that each mask hides, a fraction in [0, 1).</param>
    /// <param name="masks">How many masks; together they keep at most L patches.</param>
    /// <returns>[N, masks, K] int64, in the order of the noise.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The masks keep more than L patches, or there is none.</exception>
    public static Tensor Of(Tensor noise, double ratio, int masks)
    {
        var kept = RandomMasking.Visible(noise.shape[1], ratio);
        ArgumentOutOfRangeException.ThrowIfLessThan(masks, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(masks * kept, noise.shape[1], nameof(masks));
        using var scope = NewDisposeScope();
        var order = noise.argsort(1);                                                                             // [N, L]

        return order.narrow(1, 0, masks * kept).reshape(noise.shape[0], masks, kept).MoveToOuterDisposeScope();   // [N, masks, K]
    }
}
