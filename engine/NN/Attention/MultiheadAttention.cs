namespace Parallax.Torch.Modules;

/// <summary>Attention in several subspaces at once, with projections of query, key, value and result.</summary>
/// <remarks>
/// Vaswani et al., NeurIPS 2017, https://arxiv.org/abs/1706.03762. Sequences come first: query [L, N, E], key [S, N, K], value [S, N, V].
/// Parameter names, packing and first values are PyTorch's.
/// </remarks>
public sealed class MultiheadAttention : Module<Tensor, Tensor, Tensor, Tensor?, bool, Tensor?, Tuple<Tensor, Tensor>>
{
    private readonly long _width;
    private readonly long _heads;
    private readonly double _dropout;
    private readonly bool _addZero;
    private readonly Parameter? in_proj_weight;
    private readonly Parameter? q_proj_weight;
    private readonly Parameter? k_proj_weight;
    private readonly Parameter? v_proj_weight;
    private readonly Parameter? in_proj_bias;
    private readonly Linear out_proj;
    private readonly Parameter? bias_k;
    private readonly Parameter? bias_v;

    internal MultiheadAttention(
        long embedded_dim, long num_heads, double dropout, bool bias, bool add_bias_kv, bool add_zero_attn, long kdim, long vdim)
        : base(nameof(MultiheadAttention))
    {
        if (num_heads < 1 || embedded_dim % num_heads != 0)
        {
            throw new ArgumentException($"embedded_dim ({embedded_dim}) must be a multiple of num_heads ({num_heads}).", nameof(num_heads));
        }

        _width = embedded_dim;
        _heads = num_heads;
        _dropout = dropout;
        _addZero = add_zero_attn;
        if (kdim == embedded_dim && vdim == embedded_dim)
        {
            in_proj_weight = new Parameter(empty([3 * embedded_dim, embedded_dim]));
        }
        else
        {
            q_proj_weight = new Parameter(empty([embedded_dim, embedded_dim]));
            k_proj_weight = new Parameter(empty([embedded_dim, kdim]));
            v_proj_weight = new Parameter(empty([embedded_dim, vdim]));
        }

        in_proj_bias = bias ? new Parameter(zeros([3 * embedded_dim])) : null;
        out_proj = Linear(embedded_dim, embedded_dim, bias);
        bias_k = add_bias_kv ? new Parameter(empty([1, 1, embedded_dim])) : null;
        bias_v = add_bias_kv ? new Parameter(empty([1, 1, embedded_dim])) : null;
        Initialise();
        RegisterComponents();
    }

    /// <summary>Attends.</summary>
    /// <param name="query">[L, N, E].</param>
    /// <param name="key">[S, N, K].</param>
    /// <param name="value">[S, N, V].</param>
    /// <param name="key_padding_mask">[N, S], true (or minus infinity) for keys to ignore.</param>
    /// <param name="need_weights">Whether to return the attention weights; without them a faster kernel runs.</param>
    /// <param name="attn_mask">[L, S] or [N heads, L, S], true for pairs that may not attend, or numbers added to the logits.</param>
    /// <returns>[L, N, E], and the weights averaged over heads, [N, L, S], or null.</returns>
    public new Tuple<Tensor, Tensor> call(
        Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask = null, bool need_weights = true, Tensor? attn_mask = null) =>
        base.call(query, key, value, key_padding_mask, need_weights, attn_mask);

    /// <inheritdoc/>
    public override Tuple<Tensor, Tensor> forward(Tensor input1, Tensor input2, Tensor input3, Tensor? input4, bool input5, Tensor? input6)
    {
        var (keyPaddingMask, needWeights, attentionMask) = (input4, input5, input6);
        var length = input1.size(0);
        var batch = input1.size(1);
        var (query, key, value) = Project(input1, input2, input3);   // [L, N, E], [S, N, E], [S, N, E]
        var added = 0;
        if (bias_k is not null && bias_v is not null)
        {
            key = cat([key, bias_k.expand(1, batch, _width)], 0);
            value = cat([value, bias_v.expand(1, batch, _width)], 0);
            added++;
        }

        if (_addZero)
        {
            key = cat([key, key.new_zeros([1, batch, _width])], 0);
            value = cat([value, value.new_zeros([1, batch, _width])], 0);
            added++;
        }

        var mask = AttentionMask.Combine(keyPaddingMask, attentionMask, query.dtype, batch, _heads, added);   // [N or 1, heads or 1, L or 1, S]
        var dropout = training ? _dropout : 0;
        var (q, k, v) = (Split(query), Split(key), Split(value));   // [N, heads, L or S, E / heads]
        Tensor? weights = null;
        Tensor attended;
        if (needWeights)
        {
            (attended, weights) = AttentionKernel.Explicit(q, k, v, mask, dropout);
        }
        else
        {
            attended = F.scaled_dot_product_attention(q, k, v, mask, dropout);
        }

        var joined = attended.permute(2, 0, 1, 3).reshape(length, batch, _width);   // [L, N, E]
        return Tuple.Create(out_proj.call(joined), weights?.mean([1])!);
    }

    private Tensor Split(Tensor x) => x.reshape(x.size(0), x.size(1), _heads, _width / _heads).permute(1, 2, 0, 3);

    private (Tensor Query, Tensor Key, Tensor Value) Project(Tensor query, Tensor key, Tensor value)
    {
        if (in_proj_weight is not null && ReferenceEquals(query, key) && ReferenceEquals(key, value))
        {
            var parts = F.linear(query, in_proj_weight, in_proj_bias).chunk(3, -1);   // one product for self-attention
            return (parts[0], parts[1], parts[2]);
        }

        var weights = in_proj_weight?.chunk(3, 0) ?? [q_proj_weight!, k_proj_weight!, v_proj_weight!];
        var biases = in_proj_bias?.chunk(3, 0);
        return (F.linear(query, weights[0], biases?[0]), F.linear(key, weights[1], biases?[1]), F.linear(value, weights[2], biases?[2]));
    }

    /// <summary>Draws after the output projection has drawn its own, the order in which PyTorch consumes random numbers.</summary>
    private void Initialise()
    {
        foreach (var weight in new[] { in_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight }.OfType<Parameter>())
        {
            init.xavier_uniform_(weight);
        }

        if (out_proj.bias is { } bias)
        {
            init.zeros_(bias);
        }

        foreach (var extra in new[] { bias_k, bias_v }.OfType<Parameter>())
        {
            init.xavier_normal_(extra);
        }
    }
}
