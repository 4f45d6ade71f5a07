using System.Globalization;

namespace Parallax.Plugins.Parts;

/// <summary>Size of a <see cref="MaskedPredictor"/>.</summary>
/// <param name="Width">Width W of its tokens, a multiple of 4 and of the heads.</param>
/// <param name="Depth">Number of blocks.</param>
/// <param name="Heads">Heads of each attention.</param>
public readonly record struct MaskedPredictorShape(int Width, int Depth, int Heads);

/// <summary>A narrow transformer that predicts tokens at given places from encoded tokens at others. State-dictionary names are those of I-JEPA's
/// code.</summary>
/// <remarks>
/// Assran et al., I-JEPA, CVPR 2023, section 3, https://arxiv.org/abs/2301.08243, and its code: encoded tokens are projected and told their places, mask tokens
/// with the places to predict follow, each block of targets in a pass of its own; fixed positions of sines and cosines (column first). Linear layers
/// and the mask token from N(0, 0.02²), biases 0; what ends a branch of block l is divided by the square root of 2 l.
/// </remarks>
public sealed class MaskedPredictor : Module
{
    private const double WeightStd = 0.02;
    private const int MlpRatio = 4;

    private readonly Module<Tensor, Tensor> predictor_embed, predictor_norm, predictor_proj;
    private readonly Parameter mask_token, predictor_pos_embed;
    private readonly ModuleList<TransformerBlock> predictor_blocks;

    /// <summary>Makes the predictor.</summary>
    /// <param name="tokenDim">Width D of the tokens.</param>
    /// <param name="gridSide">Patches per side of the image.</param>
    /// <param name="shape">Its size.</param>
    public MaskedPredictor(int tokenDim, int gridSide, MaskedPredictorShape shape)
        : base(nameof(MaskedPredictor))
    {
        predictor_embed = Linear(tokenDim, shape.Width);
        mask_token = new Parameter(empty([1, 1, shape.Width], dtype: float32));
        TruncatedNormal.Fill(mask_token, WeightStd);
        var table = PositionTable.SineCosine(shape.Width, gridSide, gridSide, SineCosineOrder.ColumnFirst);
        predictor_pos_embed = new Parameter(table.narrow(1, 1, table.shape[1] - 1).contiguous(), requires_grad: false);   // [1, L, W]: no class token
        predictor_blocks = new([.. Enumerable.Range(0, shape.Depth).Select(_ => new TransformerBlock(shape.Width, shape.Heads, MlpRatio * shape.Width))]);
        predictor_norm = LayerNorm(shape.Width, eps: TransformerBlock.NormEpsilon);
        predictor_proj = Linear(shape.Width, tokenDim);
        RegisterComponents();
        Start();
    }

    /// <summary>Predicts.</summary>
    /// <param name="tokens">Encoded tokens of the context, [N, K, D].</param>
    /// <param name="context">Their places, [N, K] int64.</param>
    /// <param name="targets">Places to predict, [N, T, M] int64.</param>
    /// <returns>[N, T, M, D].</returns>
    public Tensor Predict(Tensor tokens, Tensor context, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var (n, blocks, m) = (targets.shape[0], targets.shape[1], targets.shape[2]);
        var known = predictor_embed.call(tokens);                                                   // [N, K, W]
        known = known + Positions(context).to(known.dtype);
        var wanted = mask_token.to(known.dtype) + Positions(targets.flatten(0, 1)).to(known.dtype);   // [N T, M, W]
        var x = cat([known.repeat_interleave(blocks, 0), wanted], 1);                               // [N T, K + M, W]
        x = predictor_norm.call(predictor_blocks.Aggregate(x, (y, block) => block.call(y)).narrow(1, known.shape[1], m));   // [N T, M, W]

        return predictor_proj.call(x).reshape(n, blocks, m, -1).MoveToOuterDisposeScope();          // [N, T, M, D]
    }

    private Tensor Positions(Tensor places) => Tokens.Take(predictor_pos_embed.expand(places.shape[0], -1, -1), places);   // [N, K, W]

    private void Start()
    {
        foreach (var linear in modules().OfType<Linear>())
        {
            TruncatedNormal.Fill(linear.weight!, WeightStd);
            init.zeros_(linear.bias!);
        }

        using var noGradients = no_grad();
        foreach (var (name, parameter) in named_parameters())
        {
            var parts = name.Split('.', 3);   // predictor_blocks, number, name within
            if (parts is [nameof(predictor_blocks), _, "attn.proj.weight" or "mlp.fc2.weight"])
            {
                parameter.div_(Math.Sqrt(2 * (int.Parse(parts[1], CultureInfo.InvariantCulture) + 1)));
            }
        }
    }
}
