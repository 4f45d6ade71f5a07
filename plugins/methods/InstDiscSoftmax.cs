using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of instance discrimination by the exact softmax, section <c>method</c> of a recipe.</summary>
public sealed record InstDiscSoftmaxOptions : InstanceOptions;

/// <summary>Every image is a class of its own: a softmax over a bank of the last embeddings of all images.</summary>
/// <remarks>
/// Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018, https://arxiv.org/abs/1805.01978, equation (2),
/// see <see cref="InstanceSoftmaxLoss"/>; in the authors' code the case without negatives, for small data sets. It costs a product with all rows of the bank;
/// <c>instdisc</c> draws some of them. After the step, the rows of the batch become normalise(0.5 m + 0.5 v).
/// </remarks>
[Plugin("instdisc-softmax", Options = typeof(InstDiscSoftmaxOptions), Summary = "Each image is a class: the exact softmax over a memory bank of all images.",
    Family = "memory", Paper = "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", Authors = "Wu, Xiong, Yu, Lin", Venue = "CVPR",
    Year = 2018, ArXiv = "1805.01978")]
public sealed class InstDiscSoftmax : Module, IMethod, IEpochPhase
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly ImageBank bank;
    private readonly InstDiscSoftmaxOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds head and bank on a backbone.</summary>
    public InstDiscSoftmax(IBackbone backbone, InstDiscSoftmaxOptions options, RunInfo run)
        : base(nameof(InstDiscSoftmax))
    {
        (this.backbone, _options, _view) = (backbone, options, new(run.ImageSize));
        projector = ProjectionHead.LinearLayer(backbone.FeatureDim, options.ProjectionDim);
        bank = ImageBank.WithUniformRows(run.Data.Count, options.ProjectionDim, run.Seed, options.BankMomentum);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => InstanceViews.Of(_view);

    /// <inheritdoc/>
    public bool IsNeeded => _options.BankStart == BankStart.ForwardPass;

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch == 0;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context) => bank.Begin(_options.BankStart, context, Embed);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var v = Rows.Unit(Embed(batch.Views[0]));                                                                       // [N, D]
        var loss = InstanceSoftmaxLoss.Compute(v, bank.Features, batch.Indices, _options.Temperature);                  // []

        return new(loss)
        {
            Embedding = v,
            Positive = bank.Features.index_select(0, batch.Indices),
            Remember = [new(bank, v.detach(), batch.Indices)],
        };
    }

    private Tensor Embed(Tensor images) => projector.call(backbone.call(images));
}
