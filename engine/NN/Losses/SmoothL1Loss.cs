namespace Parallax.Torch.Modules;

/// <summary>Squared for small, absolute for large differences.</summary>
public sealed class SmoothL1Loss : Loss<Tensor, Tensor, Tensor>
{
    internal SmoothL1Loss(Reduction reduction, double beta)
        : base(reduction)
    {
        this.beta = beta;
    }

    /// <summary>Where squared ends.</summary>
    public double beta { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input1, Tensor input2) => F.smooth_l1_loss(input1, input2, reduction, beta);
}
