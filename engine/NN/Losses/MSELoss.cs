namespace Parallax.Torch.Modules;

/// <summary>Squared difference.</summary>
public sealed class MSELoss : Loss<Tensor, Tensor, Tensor>
{
    internal MSELoss(Reduction reduction)
        : base(reduction)
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input1, Tensor input2) => F.mse_loss(input1, input2, reduction);
}
