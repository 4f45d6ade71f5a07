using Microsoft.Extensions.Logging;

namespace Parallax.Plugins.Evaluators;

/// <summary>
/// A classifier, linear or with hidden layers, on the maps of every layer of a frozen backbone, all trained together on augmented images. Results have the
/// accuracy of each layer by its name, of the last one, and of the best on the test images, which is called so.
/// </summary>
/// <remarks>
/// <para>The number itself is that of the last layer, or, where training images are held out, of the layer that does best on those.</para>
/// <para><c>-zhang</c>: Zhang, Isola, Efros, ECCV 2016, https://arxiv.org/abs/1603.08511; 140,000 steps of 256 ImageNet images are 28 epochs. <c>-rotnet</c>:
/// Gidaris et al., ICLR 2018, https://arxiv.org/abs/1803.07728 (its batch size is not printed; 256 is ours). <c>-deepcluster</c>: Caron et al., ECCV 2018,
/// https://arxiv.org/abs/1807.05520, which measures the mean of ten crops. <c>-sela</c>: Asano et al., ICLR 2020, https://arxiv.org/abs/1911.05371.
/// <c>-vissl</c>: Goyal et al., ICCV 2019, https://arxiv.org/abs/1905.01235, and VISSL's code; <c>-fair</c>: the same paper's own code, which looks behind
/// poolings, too, doubles the steps of biases and changes colours. <c>-mmselfsup</c>: its code. <c>-kolesnikov</c>: Kolesnikov et al., CVPR 2019,
/// https://arxiv.org/abs/1901.09005; <c>-kolesnikov-patches</c> is that for networks of tiles, and shows them nine of an image, each standardised.
/// <c>-small</c> is ours: minutes for 50,000 images of 32 pixels.</para>
/// <para><c>nonlinear-...</c> have hidden layers. <c>-rotnet</c> is that of RotNet's code for CIFAR-10: maps of up to 12,288 numbers, two hidden layers of 200,
/// 20 for each class (with other numbers of classes take <c>linear-per-layer</c> with another <c>hidden</c>), 50 epochs; the rate and batches of 128 are the
/// code's. <c>-kolesnikov</c> is the linear
/// protocol of that name with one hidden layer of 1000.</para>
/// <para>Differs from all: one centre crop is measured; batches of more than 256 images are normalised in parts of 256 (or the run's micro-batch, where that is
/// larger); biases have no weight decay; weights start from N(0, 0.01²). Maps of clips are averaged over time first.</para>
/// </remarks>
/// <param name="options">Settings.</param>
/// <param name="logger">Told where a network names no poolings, though they are asked for.</param>
[Plugin("linear-per-layer", Revision = 2, Options = typeof(PerLayerOptions), Family = FamilyName,
    Summary = "A linear classifier on every layer, with the options given; by default mmselfsup's.")]
[Plugin("linear-per-layer-zhang", Revision = 2, Options = typeof(PerLayerOptions), Family = FamilyName,
    Preset = "{pooling: bilinear, pools: true, epochs: 28, milestones: [8, 16, 24], nesterov: false, biasLearningRateScale: 2, weightDecay: 0.0005, "
        + "cropScaleMin: 0, jitter: 0, lighting: 0}",
    Summary = "Zhang's probes of every layer: maps resized to about 9,000 numbers, 28 epochs.",
    Paper = "Colorful Image Colorization", Authors = "Zhang, Isola, Efros", Venue = "ECCV", Year = 2016, ArXiv = "1603.08511")]
[Plugin("linear-per-layer-rotnet", Revision = 2, Options = typeof(PerLayerOptions), Family = FamilyName,
    Preset = "{pooling: adaptive-max, epochs: 35, milestones: [5, 15, 25], dropFactor: 0.2, weightDecay: 0.0005, bicubic: false, jitter: 0, lighting: 0}",
    Summary = "RotNet's probes of every layer: maxima over parts of the map, 35 epochs.",
    Paper = "Unsupervised Representation Learning by Predicting Image Rotations", Authors = "Gidaris, Singh, Komodakis", Venue = "ICLR", Year = 2018,
    ArXiv = "1803.07728")]
[Plugin("linear-per-layer-deepcluster", Options = typeof(PerLayerOptions), Family = FamilyName,
    Preset = "{pooling: padded-average, norm: none, nesterov: false, milestones: [], fallsWithSteps: true, cropScaleMin: 0, jitter: 0, lighting: 0}",
    Summary = "DeepCluster's probes of every layer: means over windows, no normalisation, 90 epochs.",
    Paper = "Deep Clustering for Unsupervised Learning of Visual Features", Authors = "Caron, Bojanowski, Joulin, Douze", Venue = "ECCV", Year = 2018,
    ArXiv = "1807.05520")]
[Plugin("linear-per-layer-sela", Revision = 2, Options = typeof(PerLayerOptions), Family = FamilyName,
    Preset = "{pooling: padded-max, epochs: 36, batchSize: 192, baseLearningRate: 0.0133333, milestones: [10, 20, 30], nesterov: false, "
        + "weightDecay: 0.00001, bicubic: false, jitter: 0, lighting: 0}",
    Summary = "SeLa's probes of every layer: maxima over windows, 36 epochs.",
    Paper = "Self-labelling via simultaneous clustering and representation learning", Authors = "Asano, Rupprecht, Vedaldi", Venue = "ICLR", Year = 2020,
    ArXiv = "1911.05371")]
[Plugin("linear-per-layer-vissl", Revision = 2, Options = typeof(PerLayerOptions), Family = FamilyName,
    Preset = "{pooling: overlapping-average, norm: affine, features: true, epochs: 28, milestones: [8, 16, 24], weightDecay: 0.0005, bicubic: false, "
        + "jitter: 0, lighting: 0}",
    Summary = "VISSL's probes of every layer: means over overlapping windows, 28 epochs.", Paper = Scaling, Authors = ScalingAuthors, Venue = "ICCV",
    Year = 2019, ArXiv = ScalingArXiv)]
[Plugin("linear-per-layer-fair", Options = typeof(PerLayerOptions), Family = FamilyName,
    Preset = "{pooling: overlapping-average, stem: both, pools: true, features: true, epochs: 28, milestones: [8, 16, 24], biasLearningRateScale: 2, "
        + "bicubic: false}",
    Summary = "FAIR's probes of every layer and pooling: means over overlapping windows, 28 epochs, changed colours.", Paper = Scaling,
    Authors = ScalingAuthors, Venue = "ICCV", Year = 2019, ArXiv = ScalingArXiv)]
[Plugin("linear-per-layer-mmselfsup", Revision = 2, Options = typeof(PerLayerOptions), Family = FamilyName, Preset = "{epochs: 90}",
    Summary = "mmselfsup's probes of every layer: means over parts of the map, 90 epochs.")]
[Plugin("linear-per-layer-kolesnikov", Options = typeof(PerLayerOptions), Family = FamilyName,
    Preset = "{" + Kolesnikov,
    Summary = "Kolesnikov's probes of every layer: the layer is chosen on held-out training images, 70 epochs.",
    Paper = Revisiting, Authors = RevisitingAuthors, Venue = "CVPR", Year = 2019, ArXiv = RevisitingArXiv)]
[Plugin("linear-per-layer-kolesnikov-patches", Options = typeof(PerLayerOptions), Family = FamilyName,
    Preset = "{tiles: 3, " + Kolesnikov,
    Summary = "Kolesnikov's probes of networks that learned from tiles: what they see of nine tiles is averaged.",
    Paper = Revisiting, Authors = RevisitingAuthors, Venue = "CVPR", Year = 2019, ArXiv = RevisitingArXiv)]
[Plugin("nonlinear-per-layer-rotnet", Options = typeof(PerLayerOptions), Family = "non-linear",
    Preset = "{pooling: adaptive-max, mostNumbers: 12288, norm: none, hidden: [200, 200], hiddenNorm: true, epochs: 50, batchSize: 128, "
        + "baseLearningRate: 0.2, milestones: [20, 40, 45], dropFactor: 0.2, weightDecay: 0.0005, cropScaleMin: 0, padded: true, jitter: 0, lighting: 0}",
    Summary = "RotNet's non-linear probes on CIFAR-10: three fully connected layers on every layer, 50 epochs.",
    Paper = "Unsupervised Representation Learning by Predicting Image Rotations", Authors = "Gidaris, Singh, Komodakis", Venue = "ICLR", Year = 2018,
    ArXiv = "1803.07728")]
[Plugin("nonlinear-per-layer-kolesnikov", Options = typeof(PerLayerOptions), Family = "non-linear",
    Preset = "{hidden: [1000], dropout: 0.5, " + Kolesnikov,
    Summary = "Kolesnikov's non-linear probes of every layer: one hidden layer of 1000, dropout 0.5, 70 epochs.",
    Paper = Revisiting, Authors = RevisitingAuthors, Venue = "CVPR", Year = 2019, ArXiv = RevisitingArXiv)]
[Plugin("linear-per-layer-small", Options = typeof(PerLayerOptions), Family = FamilyName,
    Preset = "{mostNumbers: 2400, features: true, heldOut: 0.05, epochs: 4, batchSize: 128, baseLearningRate: 0.05, milestones: [], cropScaleMin: 0.5, "
        + "jitter: 0, lighting: 0}",
    Summary = "Probes of every layer in minutes: 4 epochs over images of 32 pixels, the layer chosen on held-out training images.")]
public sealed class LinearPerLayer(PerLayerOptions options, ILogger logger) : ITrainingEvaluator, IEvaluationRequirements
{
    private const string FamilyName = "linear";
    private const string Kolesnikov = "pooling: max-if-larger, mostNumbers: 9000, stem: pooled, norm: none, features: true, heldOut: 0.0390625, epochs: 70, "
        + "batchSize: 512, baseLearningRate: 0.1, milestones: [30, 50], nesterov: false, weightDecay: 0, cropScaleMin: 0, flip: false, jitter: 0, lighting: 0}";

    private const string Revisiting = "Revisiting Self-Supervised Visual Representation Learning", RevisitingArXiv = "1901.09005";
    private const string RevisitingAuthors = "Kolesnikov, Zhai, Beyer";
    private const string Scaling = "Scaling and Benchmarking Self-Supervised Visual Representation Learning", ScalingArXiv = "1905.01235";
    private const string ScalingAuthors = "Goyal, Mahajan, Gupta, Misra";

    /// <inheritdoc/>
    public ClassifierTraining Training => options.Training;

    /// <inheritdoc/>
    public bool FreezesBackbone => true;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(IBackbone backbone) => LayerChoice.Faults(backbone).Concat(options.Tiles > 0 && backbone.TakesClips
        ? [$"tiles is {options.Tiles}: it cuts images into tiles, and the backbone {backbone.GetType().Name} takes clips. Take a protocol without tiles."]
        : []);

    /// <inheritdoc/>
    public IClassifier CreateClassifier(BackboneFactory copies, RunInfo run)
    {
        var backbone = copies();
        if (Faults(backbone).ToList() is { Count: > 0 } faults)
        {
            throw new ConfigurationException(faults);
        }

        var classifier = new PerLayerClassifier(backbone, options, run);
        if (options.Pools && backbone is not IPooledStages { PooledStages.Count: > 0 } && backbone.StemStages.Count == 0)
        {
            logger.LogInformation(
                "The backbone {Backbone} names no maps behind poolings; {Layers} have a classifier", backbone.GetType().Name,
                string.Join(", ", classifier.Heads));
        }

        return classifier;
    }
}
