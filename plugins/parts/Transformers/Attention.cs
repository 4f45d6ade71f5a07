namespace Parallax.Plugins.Parts;

/// <summary>Scaled dot-product attention, softmax(Q Kᵀ / sqrt(D) + M) V: the one entry for all attention of the product.</summary>
/// <remarks>
/// Vaswani et al., "Attention Is All You Need", NeurIPS 2017, equation (1), https://arxiv.org/abs/1706.03762.
/// The matrix [N, H, L, S] is never built: everything is brought into a form that libtorch's fused kernel takes, on the CPU in float32, bfloat16 and under
/// autocast, with gradients. libtorch computes the definition instead, silently, for a mask that requires gradients, for values of another width than the keys
/// and for fewer than four dimensions. There is no dropout of attention weights here, for which it has no fused kernel on the CPU.
/// </remarks>
public static class Attention
{
    private const int Dimensions = 4;

    /// <summary>Lets every query attend to the keys that its mask leaves.</summary>
    /// <param name="queries">[N, H, L, D].</param>
    /// <param name="keys">[N, H, S, D].</param>
    /// <param name="values">[N, H, S, E].</param>
    /// <param name="mask">
    /// Boolean, true where a query may attend, or floating point, added to the scaled products; a floating one may require gradients, as a bias of relative
    /// positions does. [L, S] for all; [M, 1 or L, S] for image n its n mod M: padding of keys is [N, 1, S], windows are [windows, L, L];
    /// [1 or M, 1 or H, 1 or L, S] distinguishes heads as well. M divides N. Null: every query attends to all keys.
    /// </param>
    /// <returns>[N, H, L, E]. A query that may attend to nothing gets zeros from a boolean mask.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit.</exception>
    public static Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor? mask = null)
    {
        Require(queries, keys, values);
        using var scope = NewDisposeScope();
        var width = values.shape[^1];
        var (q, k, v) = EqualWidths(queries, keys, values);   // [N, H, L, W], [N, H, S, W], [N, H, S, W]
        var attended = mask is null ? F.scaled_dot_product_attention(q, k, v) : Masked(q, k, v, FourDimensional(mask, queries.shape, keys.shape[2]));

        return (attended.shape[^1] == width ? attended : attended.narrow(-1, 0, width)).MoveToOuterDisposeScope();   // [N, H, L, E]
    }

    // Masks that repeat over the images serve one group of images after the other: they are not copied.
    private static Tensor Masked(Tensor queries, Tensor keys, Tensor values, Tensor mask)
    {
        var (images, masks) = (queries.shape[0], mask.shape[0]);
        if (masks == 1 || masks == images)
        {
            return One(queries, keys, values, mask);
        }

        var groups = new Tensor[images / masks];
        for (var i = 0; i < groups.Length; i++)
        {
            groups[i] = One(queries.narrow(0, i * masks, masks), keys.narrow(0, i * masks, masks), values.narrow(0, i * masks, masks), mask);
        }

        return cat(groups);
    }

    private static Tensor One(Tensor queries, Tensor keys, Tensor values, Tensor mask) => mask.requires_grad && is_grad_enabled()
        ? BiasedAttention.apply(queries, keys, values, mask)
        : F.scaled_dot_product_attention(queries, keys, values, mask);

    // The kernel takes one width: zeros change neither products nor sums, and a factor keeps the scale that follows from the width.
    private static (Tensor Queries, Tensor Keys, Tensor Values) EqualWidths(Tensor queries, Tensor keys, Tensor values)
    {
        var (width, given) = (Math.Max(queries.shape[^1], values.shape[^1]), queries.shape[^1]);
        var scaled = width == given ? queries : queries * Math.Sqrt((double)width / given);

        return (Padded(scaled, width), Padded(keys, width), Padded(values, width));
    }

    private static Tensor Padded(Tensor rows, long width)
    {
        var padded = rows.shape[^1] == width ? rows : F.pad(rows, [0, width - rows.shape[^1]]);

        return padded.stride(-1) == 1 ? padded : padded.contiguous();
    }

    private static Tensor FourDimensional(Tensor mask, long[] queries, long keyCount)
    {
        var (n, h, l) = (queries[0], queries[1], queries[2]);
        var whole = mask.dim() switch
        {
            2 => mask.unsqueeze(0).unsqueeze(0),   // [1, 1, L, S]
            3 => mask.unsqueeze(1),   // [M, 1, L, S]
            _ => mask,
        };
        var shape = whole.shape;
        if (shape.Length != Dimensions || n % shape[0] != 0 || (shape[1] != 1 && shape[1] != h) || (shape[2] != 1 && shape[2] != l) || shape[3] != keyCount)
        {
            throw new ArgumentException($"A mask of [{string.Join(", ", mask.shape)}] does not fit {n} images, {h} heads, {l} queries and {keyCount} keys; "
                + "expected [L, S], [M, 1 or L, S] or [1 or M, 1 or H, 1 or L, S], where M divides the images.", nameof(mask));
        }

        return mask.dtype == ScalarType.Bool || mask.is_floating_point() ? whole
            : throw new ArgumentException($"A mask of {mask.dtype} is neither boolean nor floating point; expected true where a query may attend, or numbers "
                + "that are added to the products. Convert it first.", nameof(mask));
    }

    private static void Require(Tensor queries, Tensor keys, Tensor values)
    {
        var (q, k, v) = (queries.shape, keys.shape, values.shape);
        if (q.Length != Dimensions || k.Length != Dimensions || v.Length != Dimensions || !q.AsSpan(0, 2).SequenceEqual(k.AsSpan(0, 2))
            || !k.AsSpan(0, 3).SequenceEqual(v.AsSpan(0, 3)) || q[3] != k[3])
        {
            throw new ArgumentException($"Queries [{string.Join(", ", q)}], keys [{string.Join(", ", k)}] and values [{string.Join(", ", v)}] do not fit; "
                + "expected [N, H, L, D], [N, H, S, D] and [N, H, S, E].", nameof(queries));
        }
    }
}
