namespace Parallax.Torch;

/// <summary>A loss of an input and a target with weights.</summary>
public abstract class WeightedLoss<T1, T2, TResult> : Loss<T1, T2, TResult>
{
    /// <summary>A loss with weights and a reduction.</summary>
    protected WeightedLoss(Tensor? weight = null, nn.Reduction reduction = nn.Reduction.Mean)
        : base(reduction)
    {
        if (weight is not null)
        {
            register_buffer(nameof(weight), weight);
        }
    }

    /// <summary>The weights, or null.</summary>
    public Tensor? weight => get_buffer(nameof(weight));
}
