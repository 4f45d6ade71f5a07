using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>Initial weights of vision transformers. Normalisation layers always start with scale 1 and shift 0.</summary>
internal static class TransformerInitialization
{
    private const double TruncatedStd = 0.02, MlpBiasStd = 1e-6, PositionStd = 0.02;

    /// <summary>As timm.</summary>
    public static void Timm(Module network)
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
    public static void MocoPatches(Conv2d projection)
    {
        var weight = projection.weight!;
        GlorotUniform(weight, weight.shape[0] + (weight.shape[1] * weight.shape[2] * weight.shape[3]));
        init.zeros_(projection.bias!);
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
