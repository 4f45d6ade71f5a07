using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Evaluators;

/// <summary>Classifiers on the pooled maps of every layer of a frozen backbone, trained together: one pass of the backbone serves all.</summary>
internal sealed class PerLayerClassifier : Module, IHeadedClassifier, IParameterGroups
{
    private const int HeldOutEpoch = -1;          // no epoch: the same images are held out in all of them

    private readonly IBackbone backbone;
    private readonly ModuleList<Module<Tensor, Tensor>> heads = [];
    private readonly Tensor right;   // held-out images that each head told right in this epoch, [heads] int64
    private readonly PerLayerOptions _options;
    private readonly LayerMaps _layers;
    private readonly RunInfo _run;
    private int _epoch = -1;
    private bool _heldOut;   // whether any image was

    /// <param name="backbone">A copy; frozen here, and always in evaluation mode.</param>
    /// <param name="options">Pooling, normalisation, views.</param>
    /// <param name="run">Gives the classes and the side of the images.</param>
    public PerLayerClassifier(IBackbone backbone, PerLayerOptions options, RunInfo run)
        : base(nameof(PerLayerClassifier))
    {
        (this.backbone, _options, _run) = (backbone, options, run);
        foreach (var parameter in ((Module)backbone).parameters())
        {
            parameter.requires_grad = false;
        }

        _layers = new(backbone, options.Layers, run);
        foreach (var (channels, side) in _layers.Shapes)
        {
            heads.Add(ProbeHead.Of(channels, side, run.Data.Classes.Count, options));
        }

        right = zeros(Heads.Count, dtype: int64);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public IReadOnlyList<string> Heads => _layers.Names;

    /// <inheritdoc/>
    /// <remarks>The later of two that are equally good.</remarks>
    public int Chosen
    {
        get
        {
            using var scope = NewDisposeScope();
            var counts = right.cpu().data<long>().ToArray();

            return Array.LastIndexOf(counts, counts.Max());
        }
    }

    /// <inheritdoc/>
    public NumberChoice ChosenBy => _heldOut ? NumberChoice.HeldOut : NumberChoice.LastEpoch;

    /// <inheritdoc/>
    public ViewPlan Views
    {
        get
        {
            var view = new ViewBuilder(_run.ImageSize);
            var crop = _options switch
            {
                { Padded: true } => [view.PaddedCrop(_run.ImageSize / 8)],
                { Tiles: > 0, CropScaleMin: 0 } => view.ResizedCrop(7.0 / 6),
                _ => view.ProbeCrop(_options.CropScaleMin, _options.Bicubic),
            };
            var jitter = _options.Jitter > 0 ? ViewBuilder.Jitter(_options.Jitter, _options.Jitter, _options.Jitter, hue: 0, probability: 1) : null;

            return new([ViewBuilder.View([.. crop, _options.Flip ? ViewBuilder.Flip() : null, jitter, ViewBuilder.Lighting(_options.Lighting)])]);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules => _options.BiasLearningRateScale == 1 ? []
        : [new(parameter => parameter.Name.EndsWith(ProbeHead.Bias, StringComparison.Ordinal), LearningRateScale: _options.BiasLearningRateScale)];

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var labels = batch.Labels ?? throw new ArgumentException("A probe needs the labels of the batch.", nameof(batch));
        ((Module)backbone).eval();   // the trainer has put everything into training mode
        BeginEpoch(context.Epoch);
        var seen = Look(batch.Views[0]);
        var (learned, held) = Split(batch.Indices);
        using var precision = Precision.Float32();
        Measure(seen, labels, held);
        if (learned.Count < FewestRows)
        {
            return new(heads.SelectMany(head => head.parameters()).Select(parameter => parameter.sum()).Aggregate((sum, part) => sum + part) * 0);
        }

        var rows = tensor(learned.ToArray(), device: labels.device);   // [K]
        var targets = labels.index_select(0, rows);                    // [K]
        var losses = heads.Zip(seen, (head, map) => F.cross_entropy(head.call(map.index_select(0, rows)), targets));

        return new(losses.Aggregate((sum, loss) => sum + loss));
    }

    /// <inheritdoc/>
    public Tensor Classify(Tensor images)
    {
        using var scope = NewDisposeScope();
        var seen = Look(images);
        using var precision = Precision.Float32();

        return cat([.. heads.Zip(seen, (head, map) => head.call(map))], 1).MoveToOuterDisposeScope();   // [N, heads x classes]
    }

    // A batch normalisation has nothing to compare a single row with.
    private int FewestRows => _options is { Norm: MapNorm.None, HiddenNorm: false } ? 1 : 2;

    /// <summary>What each head sees, [N, C, s, s] float32 each; without gradients.</summary>
    private IReadOnlyList<Tensor> Look(Tensor images)
    {
        using var noGradients = no_grad();

        return _layers.Of(images);
    }

    private void BeginEpoch(int epoch)
    {
        if (epoch != _epoch)
        {
            using var noGradients = no_grad();
            right.zero_();
            _epoch = epoch;
        }
    }

    /// <summary>Rows to learn from, and rows held out: the same images in every epoch.</summary>
    private (List<long> Learned, List<long> Held) Split(Tensor indices)
    {
        var (learned, held) = (new List<long>(), new List<long>());
        foreach (var (row, sample) in indices.cpu().data<long>().ToArray().Index())
        {
            var random = new CounterRandom(_run.Seed, HeldOutEpoch, sample, RandomPurpose.Order);
            (_options.HeldOut > 0 && random.NextDouble() < _options.HeldOut ? held : learned).Add(row);
        }

        return (learned, held);
    }

    private void Measure(IReadOnlyList<Tensor> seen, Tensor labels, List<long> held)
    {
        if (held.Count == 0)
        {
            return;
        }

        _heldOut = true;
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var rows = tensor(held.ToArray(), device: labels.device);   // [K]
        var targets = labels.index_select(0, rows);                 // [K]
        heads.eval();
        foreach (var (place, (head, map)) in heads.Zip(seen).Index())
        {
            right.select(0, place).add_((head.call(map.index_select(0, rows)).argmax(1) == targets).sum());
        }

        heads.train();
    }
}
