namespace Parallax.Plugins.Parts;

/// <summary>
/// A method of SimCLR's form: one network sees two views of every image and contrasts them with all other images of the batch. The loss is the method's.
/// </summary>
/// <remarks>
/// Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020, https://arxiv.org/abs/2002.05709. Views are
/// <see cref="SimCLRViews"/>; the head is that of the authors' code, see <see cref="ProjectionHead.BatchNormMlp"/>.
/// </remarks>
/// <typeparam name="TOptions">The method's options.</typeparam>
public abstract class InBatchContrast<TOptions> : Module, IBatchCoupled, IGathered
    where TOptions : InBatchContrastOptions
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly ViewBuilder _view;

    /// <summary>Builds the projection head on a backbone.</summary>
    /// <param name="name">Name of the method's class.</param>
    /// <param name="backbone">What stays after pretraining.</param>
    /// <param name="options">Head and temperature.</param>
    /// <param name="run">Size of the images.</param>
    protected InBatchContrast(string name, IBackbone backbone, TOptions options, RunInfo run)
        : base(name)
    {
        (this.backbone, Options, _view) = (backbone, options, new(run.ImageSize));
        projector = ProjectionHead.BatchNormMlp(
            backbone.FeatureDim, options.HiddenDim == 0 ? backbone.FeatureDim : options.HiddenDim, options.ProjectionDim, options.HeadLayers);
        register_module(nameof(backbone), (Module)backbone);   // RegisterComponents would not see private fields of a base class
        register_module(nameof(projector), projector);
    }

    /// <inheritdoc cref="IMethod.Backbone"/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc cref="IMethod.Views"/>
    public ViewPlan Views => SimCLRViews.Of(_view);

    /// <inheritdoc/>
    public string BatchCoupling => "Every image of the batch is a negative of every other.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc cref="IMethod.Step"/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var za = context.Processes.Gather(projector.call(backbone.call(batch.Views[0])));   // [N, D], N over all processes
        var zb = context.Processes.Gather(projector.call(backbone.call(batch.Views[1])));   // [N, D]

        return new(Loss(za, zb)) { Embedding = za, Positive = zb };
    }

    /// <summary>The method's options.</summary>
    protected TOptions Options { get; }

    /// <summary>The loss of the two views of a batch.</summary>
    /// <param name="za">Projections of the first view, [N, D], of all processes.</param>
    /// <param name="zb">Projections of the second view, [N, D]; row i shows the same image as row i of <paramref name="za"/>.</param>
    /// <returns>Scalar, [], float32.</returns>
    protected abstract Tensor Loss(Tensor za, Tensor zb);
}
