using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Pixels in which the length of an adversary's change is measured.</summary>
public enum AdversarialPixels
{
    /// <summary>Those that the network sees, normalised with the mean and the standard deviation of the data.</summary>
    Normalised,

    /// <summary>In [-1, 1], as in the authors' code.</summary>
    Signed,
}

/// <summary>Settings of MOAM, section <c>method</c> of a recipe.</summary>
public sealed record MOAMOptions : SemiSupervisedOptions, IValidatableObject
{
    /// <summary>Weight of the classes, a fraction in [0, 1]. Authors' code: 0.3. The rotations have what classes and adversary leave.</summary>
    [Range(0.0, 1.0)]
    public double ClassWeight { get; init; } = 0.3;

    /// <summary>Weight of the adversarial divergence, a fraction in [0, 1]. Authors' code: 0.3.</summary>
    [Range(0.0, 1.0)]
    public double AdversarialWeight { get; init; } = 0.3;

    /// <summary>Weight of the entropy of the predictions, not negative. Authors' code: 0.3.</summary>
    [Range(0.0, 1000.0)]
    public double EntropyWeight { get; init; } = 0.3;

    /// <summary>Euclidean length of the adversary's change of an image, in the pixels of <see cref="AdversarialPixels"/>, not negative. Authors' code: 32 for
    /// images of 224 pixels in [-1, 1], which is 32 / (2 s) in normalised pixels of standard deviation s before: the default is that of s = 0.25.</summary>
    [Range(0.0, 1e6)]
    public double AdversarialLength { get; init; } = 64;

    /// <summary>Pixels in which that is a length, and in which the worst direction is looked for: normalised, or signed, in [-1, 1], as in the authors'
    /// code.</summary>
    public AdversarialPixels AdversarialPixels { get; init; } = AdversarialPixels.Normalised;

    /// <summary>Share of the averaged weights kept at each step, less in the first, a fraction in [0, 1). They predict the classes of a later run. Ours:
    /// 0.999.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double AverageMomentum { get; init; } = 0.999;

    /// <summary>Run whose averaged weights predict the classes of all images without a label, for the second step: its folder or identifier, or a file of its
    /// checkpoints; without one only labelled images have a class.</summary>
    public string? LabelsPath { get; init; }

    /// <summary>Run whose averaged weights this one begins with, for the third step: as <see cref="LabelsPath"/>; without one they are random.</summary>
    public string? StartPath { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ClassWeight + AdversarialWeight > 1)
        {
            yield return new($"method.classWeight is {ClassWeight} and method.adversarialWeight is {AdversarialWeight}, which leaves less than nothing for the "
                + "rotations. Lower one, so that both are at most 1 together.", [nameof(ClassWeight)]);
        }

        if (!string.IsNullOrEmpty(LabelsPath) && !string.IsNullOrEmpty(StartPath))
        {
            yield return new($"method.labelsPath is '{LabelsPath}' and method.startPath is '{StartPath}', but they belong to different steps: the second "
                + "trains with predicted classes from random weights, the third begins with the second's weights. Leave one out.", [nameof(LabelsPath)]);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(RunInfo run) => LabelledImages.Faults("moam", run);
}

/// <summary>S4L's mix of all models: classes of few images, rotations of all, predictions that an adversary cannot move and that are sure.</summary>
/// <remarks>
/// <para>Zhai et al., "S4L: Self-Supervised Semi-Supervised Learning", ICCV 2019, section 7, https://arxiv.org/abs/1905.03670, as in the authors' code: loss =
/// (1 - wc - wv) rotation + wc class + wv divergence + we entropy, the last two over all turns of the half of the batch that is not labelled. See
/// <see cref="VirtualAdversary"/>.</para>
/// <para>The paper's three steps are a sequence of runs, see the recipes. The second trains anew, from random weights, and with
/// <see cref="MOAMOptions.LabelsPath"/> all images have a class: their own, or the one that the averaged weights of the first run predict
/// (<see cref="PredictedClasses"/>). The third begins with the averaged weights of the second (<see cref="MOAMOptions.StartPath"/>) and learns the classes of
/// labelled images alone, at a small learning rate. All runs use the labels of the same images, which is checked.</para>
/// <para>Under the small budget, with the identifier that each run has printed in the place of RUN1 and RUN2: <c>./parallax train moam/small</c>, then
/// <c>./parallax train moam/pseudo-labels-small --set method.labelsPath=RUN1</c>, then <c>./parallax train moam/fine-tuning-small --set
/// method.startPath=RUN2</c>. The other recipes say what their later steps take. The leaderboard <c>cifar10-small</c> trains all three one after the other, as
/// <c>moam</c>, <c>moam-pseudo-labels</c> and <c>moam-fine-tuning</c>. Their own classes, by <c>class-head</c>, are right for 51.3, 49.3 and 53.3 % of its test
/// images.</para>
/// <para>Differs from the paper: evaluations of features look at the trained weights, not at their average, which <c>class-head</c> measures. A
/// prediction is the mean over the four turns of an image's centre, without further crops. In the third step half of each batch is not labelled, and only
/// normalisations see it; the rates of that step are ours. The adversary begins at noise that is uniform and the same for all turns of an image, drawn for
/// image and epoch; the code's is normal, and another for each turn.</para>
/// </remarks>
[Plugin("moam", Options = typeof(MOAMOptions), Summary = "S4L's mix: classes, rotations, adversarial changes and sure predictions. Uses labels of a share.",
    Family = "semi-supervised", Paper = "S4L: Self-Supervised Semi-Supervised Learning", Authors = "Zhai, Oliver, Kolesnikov, Beyer", Venue = "ICCV",
    Year = 2019, ArXiv = "1905.03670")]
public sealed class MOAM : Module, IClassifier, IEpochPhase, IEpochSampling, IMomentumPairs, IStartingWeights
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> classifier, rotationHead;
    private readonly LabelledImages labelled;
    private readonly ClassTeacher average;
    private readonly PredictedClasses? predicted;
    private readonly MOAMOptions _options;
    private readonly SampleRandom _random;
    private readonly PixelScale _scale;
    private readonly ViewBuilder _view;

    /// <summary>Builds both heads on a backbone, and their average.</summary>
    /// <exception cref="ConfigurationException">The data set has no labels, or a micro-batch an odd number of images.</exception>
    public MOAM(BackboneFactory backbones, MOAMOptions options, RunInfo run)
        : base(nameof(MOAM))
    {
        options.Require(run);
        (backbone, _options, _random, _scale, _view) = (backbones(), options, new(run), new(run.Data), new(run.ImageSize));
        classifier = Classifier();
        rotationHead = ProjectionHead.LinearLayer(backbone.FeatureDim, QuarterTurns.Count);
        labelled = new(run);
        average = new(backbones(), Classifier());
        predicted = string.IsNullOrEmpty(options.LabelsPath) ? null : new(new(backbones(), Classifier()), run);
        RegisterComponents();

        Module<Tensor, Tensor> Classifier() => ProjectionHead.LinearLayer(backbone.FeatureDim, run.Data.Classes.Count);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => SemiSupervisedViews.Of(_view);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => average.Following((backbone, classifier), _options.AverageMomentum);

    /// <inheritdoc/>
    public IReadOnlyList<EarlierRun> EarlierRuns =>
    [
        .. predicted is null ? Array.Empty<EarlierRun>() : [new("method.labelsPath", _options.LabelsPath!, new Dictionary<string, Module>
        {
            [nameof(average)] = predicted.Teacher, [nameof(labelled)] = labelled,
        })],
        .. string.IsNullOrEmpty(_options.StartPath) ? Array.Empty<EarlierRun>() : [new("method.startPath", _options.StartPath, new Dictionary<string, Module>
        {
            [$"{nameof(average)}.{nameof(backbone)}"] = (Module)backbone, [$"{nameof(average)}.{nameof(classifier)}"] = classifier,
            [nameof(rotationHead)] = rotationHead, [nameof(labelled)] = labelled,
        })],
    ];

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch == 0;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context)
    {
        labelled.BeforeEpoch(context, _options.LabelFraction, EarlierRuns is [.., var last] ? (last.Key, last.Run) : null);
        predicted?.BeforeEpoch(context, labelled);
    }

    /// <inheritdoc/>
    public IReadOnlyList<long> Order(int epoch) => labelled.Order(epoch);

    /// <summary>Scores of the averaged weights.</summary>
    /// <inheritdoc/>
    public Tensor Classify(Tensor images) => average.Logits(images);                                            // [N, classes]

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var turned = QuarterTurns.All(batch.Views[0]);                                                          // [4 N, C, S, S]
        var h = backbone.call(turned);                                                                          // [4 N, F]
        average.TakeStatistics(backbone);
        var logits = classifier.call(h);                                                                        // [4 N, classes]
        var (ofLabelled, ofOthers) = LabelledRows.Split(logits, QuarterTurns.Count);                            // [2 N, classes] each
        var classes = labelled.OfEven(batch.Indices);                                                           // [N/2]
        var classLoss = predicted is null
            ? LabelledRows.ClassLoss(ofLabelled, classes)
            : LabelledRows.ClassLoss(logits, predicted.Of(batch.Indices));                                      // []
        var turns = rotationHead.call(h);                                                                       // [4 N, 4]
        var rotationLoss = ClassPrediction.Loss(turns, QuarterTurns.Classes(batch.Size, turns.device));         // []
        var divergence = _options.AdversarialWeight == 0 ? zeros_like(classLoss)
            : Divergence(LabelledRows.Split(turned, QuarterTurns.Count).Others, ofOthers, Noise(batch, context));   // []
        var entropy = VirtualAdversary.Entropy(ofOthers);                                                       // []

        var loss = MixOfAllModels.Loss(
            rotationLoss, classLoss, divergence, entropy, _options.ClassWeight, _options.AdversarialWeight, _options.EntropyWeight);   // []

        return new(loss)
        {
            Embedding = h,
            Diagnostics =
            [
                new("class_loss", classLoss.detach()), new("rotation_loss", rotationLoss.detach()), new("adversarial_divergence", divergence.detach()),
                new("entropy", entropy.detach()), new("class_accuracy", LabelledRows.Accuracy(ofLabelled.detach(), classes)),
            ],
        };
    }

    /// <summary>How far the worst small change moves the predictions.</summary>
    private Tensor Divergence(Tensor images, Tensor clean, Tensor noise)
    {
        using var kept = new KeptStatistics(this);
        var change = _options.AdversarialPixels == AdversarialPixels.Normalised
            ? VirtualAdversary.Change(images, noise, clean, Predict, _options.AdversarialLength)
            : SignedChange(2 * _scale.Deviations(images));                                                      // [2 N, C, S, S]

        return VirtualAdversary.Divergence(Predict(images + change), clean);

        Tensor Predict(Tensor changed) => classifier.call(backbone.call(changed));

        // unit: what a normalised pixel of 1 is in [-1, 1], [C, 1, 1]
        Tensor SignedChange(Tensor unit) =>
            VirtualAdversary.Change(images * unit, noise, clean, changed => Predict(changed / unit), _options.AdversarialLength) / unit;
    }

    /// <summary>A random direction for each turn of the images at odd places.</summary>
    private Tensor Noise(Batch batch, StepContext context)
    {
        var images = batch.Views[0];                                                                            // [N, C, S, S]
        var odd = _random.Of(batch, context).Where((_, place) => place % 2 == 1).ToList();
        var noise = SampleNoise.Uniform(odd, images[0].numel()) - 0.5f;                                         // [N/2, C S S]

        return QuarterTurns.All(noise.view(-1, images.shape[1], images.shape[2], images.shape[3]).to(images.device));   // [2 N, C, S, S]
    }
}
