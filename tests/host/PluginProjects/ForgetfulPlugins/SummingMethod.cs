namespace ForgetfulPlugins;

/// <summary>A method whose loss grows with the number of images, and which does not say so.</summary>
[Plugin("summing")]
public sealed class SummingMethod : Module, IMethod
{
    private readonly Module<Tensor, Tensor> backbone;

    public SummingMethod(IBackbone backbone)
        : base(nameof(SummingMethod))
    {
        this.backbone = (Module<Tensor, Tensor>)backbone;
        RegisterComponents();
    }

    public IBackbone Backbone => (IBackbone)backbone;

    public ViewPlan Views => ViewPlan.Same(1, new([]));

    public StepOutput Step(Batch batch, StepContext context) => new(backbone.call(batch.Views[0]).to(float32).square().sum());   // [], no mean
}
