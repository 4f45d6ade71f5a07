namespace Parallax.Torch;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019): the decay shrinks the parameter and stays out of the moments.</summary>
public sealed class FusedAdamW : FusedAdam
{
    /// <inheritdoc cref="FusedAdam(IEnumerable{Parameter}, AdamOptions)"/>
    public FusedAdamW(IEnumerable<Parameter> parameters, AdamOptions options)
        : base(parameters, options)
    {
    }

    /// <inheritdoc cref="FusedAdam(IEnumerable{OptimizerGroup{AdamOptions}})"/>
    public FusedAdamW(IEnumerable<OptimizerGroup<AdamOptions>> groups)
        : base(groups)
    {
    }

    private protected override bool DecoupledDecay => true;
}
