namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>softmax(Q K^T / sqrt(d)) V, by the fastest kernel that the linked libtorch has.</summary>
            /// <param name="query">[..., L, E].</param>
            /// <param name="key">[..., S, E].</param>
            /// <param name="value">[..., S, V].</param>
            /// <param name="attn_mask">[..., L, S]: numbers are added to the logits; of a boolean mask, true lets a pair take part.</param>
            /// <param name="p">Dropout on the attention weights; pass 0 in evaluation.</param>
            /// <param name="is_casual">Each query sees only keys up to its own position; not together with a mask. (The name is TorchSharp's.)</param>
            /// <returns>[..., L, V].</returns>
            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false)
            {
                if (is_casual && attn_mask is not null)
                {
                    throw new ArgumentException("Give either attn_mask or is_casual, not both.", nameof(attn_mask));
                }

                if (AttentionKernel.IsFused)
                {
                    return Ops.scaled_dot_product_attention(query, key, value, attn_mask, p, is_casual);
                }

                var (output, weights) = Ops._scaled_dot_product_attention(query, key, value, attn_mask, p, need_attn_weights: false, is_casual);
                weights.Dispose();
                return output;
            }
        }
    }
}
