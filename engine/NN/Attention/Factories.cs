namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Attention in several subspaces; sequences come first, [L, N, E].</summary>
        /// <param name="embedded_dim">Width E of query and result.</param>
        /// <param name="num_heads">Number of subspaces, each of E / heads.</param>
        /// <param name="dropout">Probability of dropping an attention weight in training.</param>
        /// <param name="bias">Whether the projections have a bias.</param>
        /// <param name="add_bias_kv">Append a learned key and value.</param>
        /// <param name="add_zero_attn">Append a key and value of zeros.</param>
        /// <param name="kdim">Width of the keys; E by default.</param>
        /// <param name="vdim">Width of the values; E by default.</param>
        public static MultiheadAttention MultiheadAttention(
            long embedded_dim, long num_heads, double dropout = 0.0, bool bias = true, bool add_bias_kv = false, bool add_zero_attn = false,
            long? kdim = null, long? vdim = null) =>
            new(embedded_dim, num_heads, dropout, bias, add_bias_kv, add_zero_attn, kdim ?? embedded_dim, vdim ?? embedded_dim);
    }
}
