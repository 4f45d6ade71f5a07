using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Evaluators;

/// <summary>Settings of the SVM protocol, <c>evaluation.svm-voc07</c> of a recipe.</summary>
public sealed record SvmVoc07Options
{
    /// <summary>Costs of which one is chosen for each class: vissl (11 from 0.01 to 1000) or fair (26 from 0.0000001 to 100). VISSL: vissl.</summary>
    public SvmCostGrid Costs { get; init; } = SvmCostGrid.Vissl;

    /// <summary>How images become squares: crop, squash (both sides resized at once) or resized-squash (the shorter side resized to
    /// <c>data.evaluationResize</c> before). VISSL: resized-squash.</summary>
    public ImageFit Fit { get; init; } = ImageFit.ResizedSquash;
}

/// <summary>A linear support vector machine for each class against the rest on frozen features; the number is the mean average precision of classes.</summary>
/// <remarks>
/// <para>Goyal et al., "Scaling and Benchmarking Self-Supervised Visual Representation Learning", ICCV 2019, section 6.1, https://arxiv.org/abs/1905.01235, and
/// VISSL's code: features x / (|x| + 1e-5), squared hinge, positives count twice, the cost of each class by three-fold cross-validation on training images,
/// area under the envelope of precision. <c>map_11pt</c> is the form of the VOC 2007 challenge, <c>map_step</c> that of scikit-learn.</para>
/// <para>Where images show several classes, what is "difficult" counts as negative in training and is left out of the test, as in VISSL's code. Features are
/// those that the backbone returns; <c>svm-voc07-layers</c> takes the maps of each layer.</para>
/// <para>Images are squashed to squares, their shorter side resized before, as in that code; clips of videos are cropped.</para>
/// </remarks>
/// <param name="options">Costs.</param>
[Plugin("svm-voc07", Revision = 3, Options = typeof(SvmVoc07Options), Family = "svm",
    Summary = "Linear SVM for each class against the rest, cost by cross-validation; mean average precision. Several classes, too.",
    Paper = "Scaling and Benchmarking Self-Supervised Visual Representation Learning", Authors = "Goyal, Mahajan, Gupta, Misra", Venue = "ICCV", Year = 2019,
    ArXiv = "1905.01235")]
public sealed class SvmVoc07(SvmVoc07Options options) : IEvaluator, IEvaluationRequirements, IImageFitChoice
{
    /// <inheritdoc/>
    public ImageFit Fit => options.Fit;

    /// <inheritdoc/>
    public bool TakesSeveralClasses => true;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    /// <returns>The mean average precision, with its other forms and, where images have one class each, the <c>top1</c> accuracy of the largest
    /// decision. A class that no training image shows is left out; <c>classes</c> then counts those that are measured.</returns>
    public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null)
    {
        var sets = new SvmSets(train, test);
        int[] all = [.. Enumerable.Range(0, sets.Train.Count)];
        var products = GramMatrix.Of(sets.Train, all);
        var done = 0;
        var decisions = sets.ForEachClass<double[]?>(one =>
        {
            if (!sets.With(one).Any())
            {
                return null;   // nothing says what this class looks like
            }

            var problem = new SvmProblem(sets.Train, sets.TrainLabels(one), one, all, seed, products);
            var decided = sets.Decide(problem.Solved(SvmCosts.Choose(problem, SvmCosts.Of(options.Costs))));
            progress?.Report((double)Interlocked.Increment(ref done) / sets.Classes);

            return decided;
        });
        var learned = decisions.Index().Where(one => one.Item is not null).ToList();
        var mean = AveragePrecision.Mean(learned.Select(one => sets.Measure(one.Index, one.Item!)));
        var details = new Dictionary<string, double> { ["map_11pt"] = mean.ElevenPoint, ["map_step"] = mean.Step };
        if (learned.Count < sets.Classes)
        {
            details["classes"] = learned.Count;
        }

        if (!sets.ShowsSeveral)
        {
            details["top1"] = sets.TestLabels.Select((label, row) => decisions.MaxBy(of => of?[row]) == decisions[label] ? 1.0 : 0).Average();
        }

        return new(mean.Area, mean.Area, details)
        {
            Metric = "mAP",
            ChosenBy = NumberChoice.CrossValidation,
        };
    }
}
