using System.Globalization;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>Initial weights of vision transformers. Normalisation layers always start with scale 1 and shift 0.</summary>
internal static class TransformerInitialization
{
    private const double TruncatedStd = 0.02, UncutBound = 2, MlpBiasStd = 1e-6, PositionStd = 0.02, TokenStd = 0.02;

    /// <summary>Draws all weights of a vision transformer with square patches.</summary>
    public static void Of(ViTInit rule, VisionTransformer network, Conv2d patches)
    {
        switch (rule)
        {
            case ViTInit.Moco:
                Moco(network);
                MocoPatches(patches);
                break;
            case ViTInit.Mae:
                Mae(network, patches);
                break;
            case ViTInit.Beit:
                Beit(network, bound: TruncatedStd);
                break;
            case ViTInit.Jepa:
                Beit(network, bound: UncutBound);
                TruncatedNormal.Fill(patches.weight!, TruncatedStd);
                init.zeros_(patches.bias!);
                break;
            default:
                Timm(network);
                break;
        }
    }

    /// <summary>As timm.</summary>
    private static void Timm(Module network)
    {
        foreach (var (_, linear) in Linears(network))
        {
            TruncatedNormal.Fill(linear.weight!, TruncatedStd);
            ZeroBias(linear);
        }
    }

    /// <summary>As MoCo v3: Glorot's uniform rule, with queries, keys and values as three layers.</summary>
    public static void Moco(Module network)
    {
        foreach (var (name, linear) in Linears(network))
        {
            if (name.EndsWith("attn.qkv", StringComparison.Ordinal))
            {
                GlorotUniform(linear.weight!, (linear.weight!.shape[0] / 3) + linear.weight!.shape[1]);
            }
            else
            {
                init.xavier_uniform_(linear.weight!);
            }

            ZeroBias(linear);
        }
    }

    /// <summary>MoCo v3's patch projection: Glorot's rule for the linear layer that it is.</summary>
    private static void MocoPatches(Conv2d projection)
    {
        var weight = projection.weight!;
        GlorotUniform(weight, weight.shape[0] + (weight.shape[1] * weight.shape[2] * weight.shape[3]));
        init.zeros_(projection.bias!);
    }

    /// <summary>As MAE: Glorot's uniform rule for linear layers (queries, keys and values as one) and the patch projection, whose bias stays as PyTorch draws
    /// it.</summary>
    private static void Mae(VisionTransformer network, Conv2d patches)
    {
        foreach (var (_, linear) in Linears(network))
        {
            init.xavier_uniform_(linear.weight!);
            ZeroBias(linear);
        }

        var shape = patches.weight!.shape;
        GlorotUniform(patches.weight!, shape[0] + (shape[1] * shape[2] * shape[3]));
        if (network.HasClassToken)
        {
            init.normal_(network.get_parameter("cls_token")!, 0, TokenStd);
        }
    }

    /// <summary>As BEiT, where the bound is one deviation, and the last layers of block l (from 1) divided by sqrt(2 l).</summary>
    private static void Beit(VisionTransformer network, double bound)
    {
        using var noGradients = no_grad();
        foreach (var (name, linear) in Linears(network))
        {
            TruncatedNormal.Fill(linear.weight!, TruncatedStd, bound);
            ZeroBias(linear);
            if (name.EndsWith("attn.proj", StringComparison.Ordinal) || name.EndsWith("mlp.fc2", StringComparison.Ordinal)
                || name.EndsWith("mlp.w3", StringComparison.Ordinal))
            {
                var block = 1 + int.Parse(name.Split('.')[1], CultureInfo.InvariantCulture);   // blocks.11.mlp.fc2
                linear.weight!.div_(Math.Sqrt(2.0 * block));
            }
        }

        foreach (var (name, parameter) in network.named_parameters(recurse: false))
        {
            if (name is "cls_token" or "pos_embed" && parameter.requires_grad)
            {
                TruncatedNormal.Fill(parameter, TruncatedStd, bound);
            }
        }
    }

    /// <summary>As the code of "Early Convolutions Help Transformers See Better" for everything but its stem.</summary>
    public static void EarlyConvolutions(Module network)
    {
        foreach (var (name, linear) in Linears(network))
        {
            if (!name.EndsWith("attn.proj", StringComparison.Ordinal))   // whose weight stays as PyTorch's MultiheadAttention draws it
            {
                init.xavier_uniform_(linear.weight!);
            }

            if (name.Contains("attn.", StringComparison.Ordinal))
            {
                ZeroBias(linear);
            }
            else
            {
                init.normal_(linear.bias!, 0, MlpBiasStd);
            }
        }

        init.zeros_(network.get_parameter("cls_token")!);
        init.normal_(network.get_parameter("pos_embed")!, 0, PositionStd);
    }

    private static IEnumerable<(string Name, Linear Layer)> Linears(Module network) =>
        network.named_modules().Where(entry => entry.module is Linear).Select(entry => (entry.name, (Linear)entry.module));

    private static void GlorotUniform(Tensor weight, long fans)
    {
        var bound = Math.Sqrt(6.0 / fans);
        init.uniform_(weight, -bound, bound);
    }

    private static void ZeroBias(Linear linear)
    {
        if (linear.bias is { } bias)
        {
            init.zeros_(bias);
        }
    }
}
