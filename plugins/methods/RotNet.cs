using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Every image is turned by 0, 90, 180 and 270 degrees; the network tells by how much.</summary>
/// <remarks>
/// <para>Gidaris et al., "Unsupervised Representation Learning by Predicting Image Rotations", ICLR 2018, https://arxiv.org/abs/1803.07728, section 3: the mean
/// over the images and their four turns of -log of the softmax at the right turn. All four pass through the network together, so that batch normalisation
/// sees them in equal parts: it works on four times the batch.</para>
/// <para>The head is one linear layer on the backbone's features, as on ImageNet in the code of Goyal et al. (VISSL) and in that of Kolesnikov et al., which
/// turns all four ways too. The crop comes before the turn and is square, so that its shape tells nothing.</para>
/// </remarks>
[Plugin("rotnet", Summary = "Tells by how many quarter turns an image was rotated.", Family = "pretext",
    Taxonomy = "context-based: spatial structure", PseudoLabel = "discrete class",
    Paper = "Unsupervised Representation Learning by Predicting Image Rotations", Authors = "Gidaris, Singh, Komodakis", Venue = "ICLR", Year = 2018,
    ArXiv = "1803.07728")]
public sealed class RotNet : Module, IMethod
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> head;
    private readonly ViewBuilder _view;

    /// <summary>Builds the head on a backbone.</summary>
    public RotNet(IBackbone backbone, RunInfo run)
        : base(nameof(RotNet))
    {
        (this.backbone, _view) = (backbone, new(run.ImageSize));
        head = ProjectionHead.LinearLayer(backbone.FeatureDim, QuarterTurns.Count);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.IsSmall ? _view.PaddedCrop(_view.ImageSize / 8) : _view.Crop(0.08), Flip())]);   // authors' code

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var turned = QuarterTurns.All(batch.Views[0]);                         // [4 N, C, S, S]
        var turns = QuarterTurns.Classes(batch.Size, turned.device);           // [4 N]
        var h = backbone.call(turned);                                         // [4 N, F]
        var logits = head.call(h);                                             // [4 N, 4]

        return new(ClassPrediction.Loss(logits, turns))
        {
            Embedding = h.view(batch.Size, QuarterTurns.Count, -1).select(1, 0),   // [N, F], not turned
            Diagnostics = [new("accuracy", ClassPrediction.Accuracy(logits, turns)), .. AccuracyOfEachTurn(logits, turns)],
        };
    }

    /// <summary>Images without an upright position are told apart worse by half a turn than by a quarter.</summary>
    private static IEnumerable<Diagnostic> AccuracyOfEachTurn(Tensor logits, Tensor turns) =>
        from turn in Enumerable.Range(0, QuarterTurns.Count)
        let rows = arange(turn, turns.shape[0], QuarterTurns.Count, dtype: int64, device: turns.device)   // [N]
        select new Diagnostic($"accuracy_{turn * 90}", ClassPrediction.Accuracy(logits.index_select(0, rows), turns.index_select(0, rows)));
}
