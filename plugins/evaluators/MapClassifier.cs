using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Evaluators;

/// <summary>A network on the last map of a backbone, which is frozen or trained with it.</summary>
internal sealed class MapClassifier : Module, IClassifier, IParameterGroups
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> head;
    private readonly bool _isFrozen;

    /// <param name="backbone">A copy. Where its rate is 0 it is frozen here, and always in evaluation mode.</param>
    /// <param name="head">From a map to [N, classes].</param>
    /// <param name="options">Rate of the backbone, crops.</param>
    /// <param name="run">Gives the side of the images.</param>
    public MapClassifier(IBackbone backbone, Module<Tensor, Tensor> head, DataEfficientOptions options, RunInfo run)
        : base(nameof(MapClassifier))
    {
        (this.backbone, this.head, _isFrozen) = (backbone, head, options.BackboneRate == 0);
        Views = new([View(new ViewBuilder(run.ImageSize).Crop(options.CropScaleMin, bicubic: true), Flip())]);
        ParameterRules = _isFrozen ? [] : [new(p => p.IsIn(nameof(backbone)), LearningRateScale: options.BackboneRate)];
        foreach (var parameter in ((Module)backbone).parameters())
        {
            parameter.requires_grad = !_isFrozen;
        }

        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules { get; }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var labels = batch.Labels ?? throw new ArgumentException("A classifier needs the labels of the batch.", nameof(batch));
        if (_isFrozen)
        {
            ((Module)backbone).eval();   // the trainer has put everything into training mode
        }

        return new(ClassPrediction.Loss(Classify(batch.Views[0]), labels));
    }

    /// <inheritdoc/>
    public Tensor Classify(Tensor images)
    {
        using var scope = NewDisposeScope();

        return head.call(_isFrozen ? FrozenMap(images) : Map(images)).MoveToOuterDisposeScope();   // [N, classes]
    }

    private Tensor FrozenMap(Tensor images)
    {
        using var noGradients = no_grad();

        return Map(images);
    }

    private Tensor Map(Tensor images)
    {
        var map = backbone.Maps(images)[^1];            // [N, C, H, W], of clips [N, C, T, H, W]

        return map.dim() == 4 ? map : map.mean([2]);    // [N, C, H, W]
    }
}
