using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SupCon, section <c>method</c> of a recipe.</summary>
public sealed record SupConOptions : IRunRequirements
{
    /// <summary>Divisor T of the cosines, positive. Paper, section 4.4: 0.1.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>T_base, positive: the loss is multiplied by T / T_base. Authors' code: 0.07; equal to the temperature it gives the paper's loss.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double BaseTemperature { get; init; } = 0.07;

    /// <summary>Embeddings that look for their class: all-views as the paper, or first-view.</summary>
    public SupConAnchors Anchors { get; init; } = SupConAnchors.AllViews;

    /// <summary>Width D of the projections. Paper, section 3.1: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Width of the head's hidden layer; 0 takes the backbone's feature width (2048 for ResNet-50), as the authors' code.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => run.Data.Classes.Count > 0 ? LabelRequirements.OneClassEach("supcon", run) :
        [$"Method 'supcon' learns from labels, but the data set '{run.Data.Name}' has none. Take a data set with classes, or the method 'simclr'."];
}

/// <summary>Views of all images of one class attract each other: contrastive learning with labels. Not self-supervised, an upper reference for methods that
/// are.</summary>
/// <remarks>
/// Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, equation (2), https://arxiv.org/abs/2004.11362, see <see cref="SupConLoss"/>.
/// Differs from the paper: views are those of the authors' code; the paper's ImageNet runs use AutoAugment.
/// </remarks>
[Plugin("supcon", Options = typeof(SupConOptions), Summary = "Contrasts the classes of the batch: all views of a class attract each other. Uses labels.",
    Family = "contrastive", Paper = "Supervised Contrastive Learning", Authors = "Khosla, Teterwak, Wang, Sarna, Tian, Isola, Maschinot, Liu, Krishnan",
    Venue = "NeurIPS", Year = 2020, ArXiv = "2004.11362")]
public sealed class SupCon : Module, IMethod, IBatchCoupled, IGathered
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly SupConOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds the projection head on a backbone.</summary>
    /// <exception cref="ConfigurationException">The data set has no labels.</exception>
    public SupCon(IBackbone backbone, SupConOptions options, RunInfo run)
        : base(nameof(SupCon))
    {
        options.Require(run);
        (this.backbone, _options, _view) = (backbone, options, new(run.ImageSize));
        projector = ProjectionHead.Mlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(2, View(_view.Crop(0.2), Flip(), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale()));

    /// <inheritdoc/>
    public string BatchCoupling => "Every image of the batch is a positive or a negative of every other.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var own = batch.Labels ?? throw new ArgumentException("SupCon needs the labels of the batch.", nameof(batch));
        var labels = context.Processes.Gather(own);                                         // [N], N over all processes
        var za = context.Processes.Gather(projector.call(backbone.call(batch.Views[0])));   // [N, D]
        var zb = context.Processes.Gather(projector.call(backbone.call(batch.Views[1])));   // [N, D]

        var loss = SupConLoss.Compute([za, zb], labels, _options.Temperature, _options.BaseTemperature, _options.Anchors);   // []

        return new(loss) { Embedding = za, Positive = zb };
    }
}
