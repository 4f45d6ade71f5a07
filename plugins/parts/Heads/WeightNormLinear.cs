namespace Parallax.Plugins.Parts;

/// <summary>A linear layer without bias whose rows are a direction times a length: w = g v / |v|.</summary>
/// <remarks>
/// Salimans and Kingma, "Weight Normalization", NeurIPS 2016, equation (2), https://arxiv.org/abs/1602.07868.
/// Names are PyTorch's, <c>weight_v</c> and <c>weight_g</c>; without trained lengths g is 1 and there is no <c>weight_g</c>.
/// </remarks>
public sealed class WeightNormLinear : Module<Tensor, Tensor>
{
    private readonly Parameter weight_v;    // [K, D]
    private readonly Parameter? weight_g;   // [K, 1]

    /// <summary>Makes the layer: directions as PyTorch's linear layer, lengths 1.</summary>
    /// <param name="inputs">Width D of the input.</param>
    /// <param name="outputs">Width K of the output.</param>
    /// <param name="trainsLengths">Whether the lengths are trained, or stay 1.</param>
    public WeightNormLinear(long inputs, long outputs, bool trainsLengths)
        : base(nameof(WeightNormLinear))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        var bound = 1 / Math.Sqrt(inputs);
        weight_v = new Parameter(init.uniform_(empty([outputs, inputs], dtype: float32), -bound, bound));
        weight_g = trainsLengths ? new Parameter(ones([outputs, 1])) : null;
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">[N, D].</param>
    /// <returns>[N, K].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var directions = F.normalize(weight_v, dim: 1);   // [K, D]

        return F.linear(input, weight_g is null ? directions : directions * weight_g).MoveToOuterDisposeScope();   // [N, K]
    }
}
