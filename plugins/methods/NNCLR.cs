using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of NNCLR, section <c>method</c> of a recipe.</summary>
public sealed record NNCLROptions : IRunRequirements
{
    /// <summary>Divisor of the cosines, positive. Paper, section 4: 0.1; solo-learn on CIFAR: 0.2.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Embeddings K in the support set, a multiple of the batch size. solo-learn: 65536; the paper's largest: 98304.</summary>
    [Range(1, 1 << 24)]
    public int QueueSize { get; init; } = 65536;

    /// <summary>Width D of the projections. Paper, section 4: 256.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 256;

    /// <summary>Width of the projector's two hidden layers. Paper, section 4: 2048.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 2048;

    /// <summary>Width of the predictor's hidden layer. Paper, section 4: 4096.</summary>
    [Range(1, 65536)]
    public int PredictorDim { get; init; } = 4096;

    /// <summary>What the right prediction must win against: other-predictions is the paper, predictions-and-neighbours the NT-Xent of lightly.</summary>
    public NNCLRNegatives Negatives { get; init; } = NNCLRNegatives.OtherPredictions;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => FeatureQueue.Faults(QueueSize, run.BatchSize);
}

/// <summary>Contrastive learning whose positive is the nearest neighbour of a view among earlier embeddings, not the view itself.</summary>
/// <remarks>
/// <para>Dwibedi et al., "With a Little Help from My Friends: Nearest-Neighbor Contrastive Learning of Visual Representations", ICCV 2021,
/// https://arxiv.org/abs/2104.14548: loss = -log( exp(nn(z)·p / T) / sum over the batch of exp(nn(z)·p_k / T) ), half of each direction. nn(z) is the row of
/// the queue with the largest cosine. Only predictions carry gradients; the first view's embeddings enter the queue after the loss.</para>
/// <para>There is no code of the authors; the softmax over predictions and the queue of one view follow solo-learn (da Costa et al., JMLR 2022).</para>
/// </remarks>
[Plugin("nnclr", Options = typeof(NNCLROptions), Summary = "Contrasts the nearest neighbour of one view with the prediction from the other.",
    Family = "contrastive", Paper = "With a Little Help from My Friends: Nearest-Neighbor Contrastive Learning of Visual Representations",
    Authors = "Dwibedi, Aytar, Tompson, Sermanet, Zisserman", Venue = "ICCV", Year = 2021, ArXiv = "2104.14548")]
public sealed class NNCLR : Module, IMethod, IBatchCoupled, IGathered
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector, predictor;
    private readonly FeatureQueue queue;
    private readonly NNCLROptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds heads and queue on a backbone.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the batch size.</exception>
    public NNCLR(IBackbone backbone, NNCLROptions options, RunInfo run)
        : base(nameof(NNCLR))
    {
        (this.backbone, _options, _view) = (backbone, options, new(run.ImageSize));
        projector = ProjectionHead.Layers(
            backbone.FeatureDim,
            new(options.HiddenDim, Bias: true, HeadNorm.Batch, Relu: true),
            new(options.HiddenDim, Bias: true, HeadNorm.Batch, Relu: true),
            new(options.ProjectionDim, Bias: true, HeadNorm.Batch));
        predictor = ProjectionHead.Layers(
            options.ProjectionDim, new(options.PredictorDim, Bias: true, HeadNorm.Batch, Relu: true), new(options.ProjectionDim, Bias: true));
        queue = new FeatureQueue(options.QueueSize, options.ProjectionDim, run.BatchSize, run.Seed);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new(   // BYOL's
    [
        Distorted(_view.Crop(0.08, bicubic: true), _view.BlurByTenth(1)),
        Distorted(_view.Crop(0.08, bicubic: true), _view.BlurByTenth(0.1), solarize: 0.2),
    ]);

    /// <inheritdoc/>
    public string BatchCoupling => "The prediction of every image of the batch is a negative of every other image.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (za, pa) = Encode(batch.Views[0]);                                  // [N, D] each
        var (zb, pb) = Encode(batch.Views[1]);
        var (na, nb) = (Neighbours(za), Neighbours(zb));                        // [N, D], no gradient
        var loss = (Loss(na, pb, context.Processes) + Loss(nb, pa, context.Processes)) / 2;   // []

        return new(loss)
        {
            Embedding = za,
            Positive = zb,
            Diagnostics = [new("neighbour_similarity", (Rows.Unit(za.detach()) * na).sum(1).mean())],
            Remember = [new(queue, Rows.Unit(za.detach()))],
        };
    }

    private (Tensor Projections, Tensor Predictions) Encode(Tensor images)
    {
        var z = projector.call(backbone.call(images));   // [N, D]

        return (z, predictor.call(z));
    }

    private Tensor Neighbours(Tensor z) => queue.Keys.index_select(0, NNCLRLoss.NearestRows(z.detach(), queue.Keys));

    private Tensor Loss(Tensor neighbours, Tensor predictions, IProcesses processes) =>
        NNCLRLoss.Compute(processes.Gather(neighbours), processes.Gather(predictions), _options.Temperature, _options.Negatives);
}
