namespace Parallax.Torch.Modules;

/// <summary>log(1 + exp(beta x)) / beta, and x itself where beta x is above the threshold.</summary>
public sealed class Softplus : Module<Tensor, Tensor>
{
    internal Softplus(double beta, double threshold)
        : base(nameof(Softplus))
    {
        this.beta = beta;
        this.threshold = threshold;
    }

    /// <summary>Sharpness of the bend.</summary>
    public double beta { get; set; }

    /// <summary>Above it the function is linear.</summary>
    public double threshold { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.softplus(input, beta, threshold);
}
