using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Evaluators;

/// <summary>A backbone with a linear classifier that are trained together on mixed images and soft targets.</summary>
internal sealed class FinetunedClassifier : Module, IClassifier, IParameterGroups, IMomentumPairs
{
    private readonly ClassifierNetwork network;
    private readonly ClassifierNetwork? average;
    private readonly FinetuneOptions _options;
    private readonly BatchMixing _mixing;
    private readonly int _classes;
    private readonly ViewBuilder _view;

    /// <exception cref="ConfigurationException">The backbone has no numbered layers or no tokens, and the options need them.</exception>
    public FinetunedClassifier(BackboneFactory copies, FinetuneOptions options, RunInfo run)
        : base(nameof(FinetunedClassifier))
    {
        (_options, _classes, _view) = (options, run.Data.Classes.Count, new(run.ImageSize));
        _mixing = new(options.Mixup, options.CutMix, options.MixSwitch);
        network = new ClassifierNetwork(copies(), options.Pooling, _classes, options.HeadStd);
        average = options.Ema == 0 ? null : new ClassifierNetwork(copies(), options.Pooling, _classes, options.HeadStd);
        ParameterRules = Rules(network.Backbone, options);
        MomentumPairs = average is null ? []
            : [new(network, average, MomentumSchedule.Average(options.Ema), MomentumUpdate.AfterOptimizerStep)];
        RegisterComponents();
    }

    /// <summary>What the options need and a backbone does not have.</summary>
    public static IEnumerable<string> Faults(IBackbone backbone, FinetuneOptions options)
    {
        if (ClassifierNetwork.Fault(backbone, options.Pooling) is { } fault)
        {
            yield return fault;
        }

        if (options.LayerDecay != 1 && backbone is not ILayerIds)
        {
            yield return $"layerDecay is {options.LayerDecay}, but the backbone {backbone.GetType().Name} does not number its layers "
                + $"({nameof(ILayerIds)}). Set it to 1, or take another backbone.";
        }
    }

    /// <inheritdoc/>
    public IBackbone Backbone => network.Backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([ViewBuilder.Finetuning(
        _view.Crop(_options.CropScaleMin, bicubic: _options.Bicubic), _options.RandAugment, _options.RandAugmentDeviation, _options.RandomErasing)]);

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules { get; }

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs { get; }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var labels = batch.Labels ?? throw new ArgumentException("Fine-tuning needs the labels of the batch.", nameof(batch));
        var (images, share) = _mixing.Mix(batch.Views[0]);                                                 // [N, C, H, W]
        var targets = BatchMixing.Targets(labels, _classes, share, _options.LabelSmoothing);               // [N, classes]
        var logits = network.call(images);                                                                 // [N, classes] float32

        return new(BatchMixing.Loss(logits, targets));
    }

    /// <inheritdoc/>
    public Tensor Classify(Tensor images)
    {
        if (average is null)
        {
            return network.call(images);
        }

        // The average is one of weights: statistics of normalisations are those of the trained network.
        foreach (var (own, trained) in average.buffers().Zip(network.buffers()))
        {
            own.copy_(trained);
        }

        return average.call(images);
    }

    private static IReadOnlyList<ParameterRule> Rules(IBackbone backbone, FinetuneOptions options)
    {
        if (Faults(backbone, options).ToList() is { Count: > 0 } faults)
        {
            throw new ConfigurationException(faults);
        }

        return backbone is ILayerIds numbered
            ? LayerDecay.Rules(numbered, $"{nameof(network)}.{ClassifierNetwork.BackboneField}", options.LayerDecay, options.Layers)
            : [];
    }
}

/// <summary>A backbone and a linear classifier on it.</summary>
internal sealed class ClassifierNetwork : Module<Tensor, Tensor>
{
    /// <summary>Name of the backbone's parameters.</summary>
    public const string BackboneField = nameof(backbone);

    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor>? fc_norm;
    private readonly Module<Tensor, Tensor> head;
    private readonly FinetunePooling _pooling;

    /// <exception cref="ConfigurationException">The backbone does not have the tokens that the pooling needs.</exception>
    public ClassifierNetwork(IBackbone backbone, FinetunePooling pooling, int classes, double headStd)
        : base(nameof(ClassifierNetwork))
    {
        (this.backbone, _pooling) = (backbone, pooling);
        if (Fault(backbone, pooling) is { } fault)
        {
            throw new ConfigurationException(fault);
        }

        var width = pooling == FinetunePooling.Backbone ? backbone.FeatureDim : ((ITokenBackbone)backbone).TokenDim;
        fc_norm = pooling == FinetunePooling.Average ? LayerNorm(width, eps: TransformerBlock.NormEpsilon) : null;
        var layer = Linear(width, classes);
        TruncatedNormal.Fill(layer.weight!, headStd);
        init.zeros_(layer.bias!);
        head = layer;
        RegisterComponents();
    }

    public IBackbone Backbone => backbone;

    /// <summary>Which tokens a backbone does not have, though the pooling needs them; null when it has them.</summary>
    public static string? Fault(IBackbone backbone, FinetunePooling pooling) => TokenFeatures.Fault(backbone, Needed(pooling)) is { } fault
        ? $"pooling is {pooling.ToString().ToLowerInvariant()}. {fault} Set pooling: backbone."
        : null;

    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, classes] float32.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var h = Features(input);   // [N, F]
        using var precision = Precision.Float32();
        h = h.to(float32);

        return head.call(fc_norm is null ? h : fc_norm.call(h)).MoveToOuterDisposeScope();
    }

    private static FeatureTokens Needed(FinetunePooling pooling) => pooling switch
    {
        FinetunePooling.Class => FeatureTokens.Class,
        FinetunePooling.Average => FeatureTokens.Mean,
        _ => FeatureTokens.Pooled,
    };

    private Tensor Features(Tensor images)
    {
        if (_pooling == FinetunePooling.Backbone)
        {
            return backbone.call(images);
        }

        var tokens = (ITokenBackbone)backbone;
        var encoded = tokens.Encode(tokens.EmbedPatches(images));   // [N, P + L, D]

        return _pooling == FinetunePooling.Class
            ? tokens.Normalise(encoded.narrow(1, 0, 1)).squeeze(1)
            : encoded.narrow(1, tokens.PrefixTokens, encoded.shape[1] - tokens.PrefixTokens).mean([1]);
    }
}
