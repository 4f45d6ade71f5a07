namespace Parallax.Benchmarks;

/// <summary>A pre-norm transformer block in TorchSharp alone: attention by its definition, the rest as in PyTorch's
/// examples.</summary>
internal sealed class PlainTransformerBlock : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> norm1, qkv, proj, norm2, mlp;
    private readonly long _heads;

    public PlainTransformerBlock(long width, long heads)
        : base(nameof(PlainTransformerBlock))
    {
        _heads = heads;
        (norm1, norm2) = (LayerNorm(width, eps: 1e-6), LayerNorm(width, eps: 1e-6));
        (qkv, proj) = (Linear(width, 3 * width), Linear(width, width));
        mlp = Sequential(Linear(width, 4 * width), GELU(), Linear(4 * width, width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var (n, l, d) = (input.shape[0], input.shape[1], input.shape[2]);
        var split = qkv.call(norm1.call(input)).view(n, l, 3, _heads, d / _heads).permute(2, 0, 3, 1, 4);   // [3, N, H, L, D/H]
        var scores = split[0].matmul(split[1].transpose(-2, -1)) / Math.Sqrt((double)d / _heads);
        var attended = scores.softmax(-1).matmul(split[2]).transpose(1, 2).reshape(n, l, d);
        var x = input + proj.call(attended);

        return x + mlp.call(norm2.call(x));
    }
}
