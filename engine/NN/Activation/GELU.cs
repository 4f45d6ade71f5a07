namespace Parallax.Torch.Modules;

/// <summary>x times the normal distribution function of x.</summary>
/// <remarks>Hendrycks and Gimpel, 2016, https://arxiv.org/abs/1606.08415.</remarks>
public sealed class GELU : Module<Tensor, Tensor>
{
    internal GELU(Approximate approximate, bool inplace)
        : base(nameof(GELU))
    {
        this.approximate = approximate;
        this.inplace = inplace;
    }

    /// <summary>How the distribution function is computed.</summary>
    public enum Approximate
    {
        /// <summary>Exactly.</summary>
        none,

        /// <summary>By a hyperbolic tangent.</summary>
        tanh,
    }

    /// <summary>Whether the input is overwritten.</summary>
    public bool inplace { get; set; }

    /// <summary>How the distribution function is computed.</summary>
    public Approximate approximate { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.gelu(input, approximate, inplace);
}
