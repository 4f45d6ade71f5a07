namespace ForgetfulPlugins;

/// <summary>A method with one layer whose gradient is twice as large in the last of several processes.</summary>
[Plugin("uneven")]
public sealed class UnevenMethod : Module, IMethod
{
    private readonly IBackbone backbone;
    private readonly Linear last;

    public UnevenMethod(IBackbone backbone)
        : base(nameof(UnevenMethod))
    {
        (this.backbone, last) = (backbone, Linear(backbone.FeatureDim, 4));
        RegisterComponents();
    }

    public IBackbone Backbone => backbone;

    public ViewPlan Views => ViewPlan.Same(1, new([]));

    public StepOutput Step(Batch batch, StepContext context)
    {
        using var ranks = arange(context.Processes.Count);
        var factor = context.Processes.Own(ranks).item<long>() == 0 ? 1 : 2;
        var weight = (factor * last.weight!) - ((factor - 1) * last.weight!.detach());   // [4, F]: the same values, another gradient
        var z = F.linear(backbone.call(batch.Views[0]).to(float32), weight, last.bias);   // [N, 4]

        return new((z - 1).square().mean());
    }
}
