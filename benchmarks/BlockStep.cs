using Parallax.Plugins.Parts;

namespace Parallax.Benchmarks;

/// <summary>Forward and backward of one block of a ViT-S, 384 wide with 6 heads: ours, or in TorchSharp alone.</summary>
/// <remarks>The same work in Python: <c>benchmarks/peers/attention.py</c>.</remarks>
internal sealed class BlockStep : IStep
{
    private const int Width = 384, Heads = 6, AllTokens = 6400;

    private readonly Module<Tensor, Tensor> _block;
    private readonly Tensor _input;
    private readonly bool _bf16;

    /// <param name="isPlain">Attention by its definition.</param>
    /// <param name="bf16">Autocast to bfloat16, else float32.</param>
    /// <param name="tokens">Tokens of an image; there are as many images as make about 6,400.</param>
    public BlockStep(bool isPlain, bool bf16, int tokens)
    {
        torch.manual_seed(0);
        _block = isPlain ? new PlainTransformerBlock(Width, Heads) : new TransformerBlock(Width, Heads, 4 * Width);
        (_input, _bf16) = (randn(AllTokens / tokens, tokens, Width), bf16);
    }

    public double Step()
    {
        using var scope = NewDisposeScope();
        Tensor output;
        using (_bf16 ? Autocast.Enter(CPU, bfloat16) : Autocast.Disabled())
        {
            output = _block.call(_input);
        }

        var loss = output.to(float32).square().mean();
        loss.backward();
        foreach (var parameter in _block.parameters())
        {
            parameter.grad = null;
        }

        return loss.item<float>();
    }

    public void Dispose()
    {
        _block.Dispose();
        _input.Dispose();
    }
}
