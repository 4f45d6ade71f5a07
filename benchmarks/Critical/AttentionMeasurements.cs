using Parallax.Benchmarks.Gate;
using Parallax.Plugins.Parts;

namespace Parallax.Benchmarks.Critical;

/// <summary>Attention, forward and backward.</summary>
internal static class AttentionMeasurements
{
    private const int Width = 384, Heads = 6, Images = 8;   // of ViT-S

    public static IReadOnlyList<Measurement> All { get; } =
    [
        new("attention/kernel-65-tokens", () => Kernel(tokens: 65, heads: 3)),
        new("attention/vit-s-block-50-tokens", () => Block(50)),
        new("attention/vit-s-block-197-tokens", () => Block(197)),
    ];

    private static Work Kernel(int tokens, int heads)
    {
        var attention = new Attention { Tokens = tokens, Heads = heads };
        attention.Setup();

        return new(attention.ScaledDotProduct, attention.ByDefinition);
    }

    /// <summary>A whole block; peer: its matrix products.</summary>
    private static Work Block(int tokens)
    {
        var block = new TransformerBlock(Width, Heads, 4 * Width);
        var input = randn(Images, tokens, Width).requires_grad_();
        List<Module<Tensor, Tensor>> products = [Linear(Width, 3 * Width), Linear(3 * Width, Width), Linear(Width, 4 * Width), Linear(4 * Width, Width)];
        var peer = Sequential(products);
        block.train();

        return new(() => Pass(block, input), () => Pass(peer, input), block, peer, input);
    }

    private static void Pass(Module<Tensor, Tensor> module, Tensor input)
    {
        using var scope = NewDisposeScope();
        module.call(input).sum().backward();
        input.grad = null;
        foreach (var parameter in module.parameters())
        {
            parameter.grad = null;
        }
    }
}
