namespace Parallax.Torch.Modules;

/// <summary>Absolute difference.</summary>
public sealed class L1Loss : Loss<Tensor, Tensor, Tensor>
{
    internal L1Loss(Reduction reduction)
        : base(reduction)
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input1, Tensor input2) => F.l1_loss(input1, input2, reduction);
}
