namespace Parallax.Torch.Modules;

/// <summary>Squared for small, absolute for large differences.</summary>
public sealed class HuberLoss : Loss<Tensor, Tensor, Tensor>
{
    internal HuberLoss(double delta, Reduction reduction)
        : base(reduction)
    {
        this.delta = delta;
    }

    /// <summary>Where squared ends.</summary>
    public double delta { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input1, Tensor input2) => F.huber_loss(input1, input2, delta, reduction);
}
