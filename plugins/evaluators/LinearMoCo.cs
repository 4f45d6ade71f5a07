namespace Parallax.Plugins.Evaluators;

/// <summary>The linear classifier of MoCo on frozen features: SGD with learning rate 30, 100 epochs, batch 256, rate divided by 10 after 60 and 80
/// epochs.</summary>
/// <remarks>
/// <para>He et al., "Momentum Contrast for Unsupervised Visual Representation Learning", CVPR 2020, section 4.1, https://arxiv.org/abs/1911.05722: momentum
/// 0.9, no weight decay, weights from N(0, 0.01²), features as they are. The large rate fits the small features of a ResNet-50; with other backbones prefer
/// <c>linear-sgd</c>.</para>
/// <para>Differs from the paper: features are computed once without augmentation, where the paper crops and flips its training images anew in each
/// epoch.</para>
/// </remarks>
[Plugin("linear-moco", Summary = "Linear probe of MoCo: SGD, learning rate 30, 100 epochs, on cached features without augmentation.", Family = "linear",
    Paper = "Momentum Contrast for Unsupervised Visual Representation Learning", Authors = "He, Fan, Wu, Xie, Girshick", Venue = "CVPR", Year = 2020,
    ArXiv = "1911.05722")]
public sealed class LinearMoCo : IEvaluator, IEvaluationRequirements
{
    /// <summary>The settings of the paper.</summary>
    internal static SgdSettings Settings { get; } = new(Epochs: 100, BatchSize: 256, LearningRates: [30],
        Schedule: done => done < 0.6 ? 1 : done < 0.8 ? 0.1 : 0.01);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    /// <returns>Accuracy after the last epoch, and the best test accuracy of any epoch.</returns>
    public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null)
    {
        FeatureSets.Require(train, test);
        using var noGradients = no_grad();
        using var classifier = new SoftmaxSgd(train.Features.shape[1], Math.Max(train.Classes, test.Classes), Settings, seed);
        double last = 0, best = 0;
        classifier.Train(train.Features, train.Labels, seed, epochs =>
        {
            last = classifier.Accuracies(test.Features, test.Labels)[0];
            best = Math.Max(best, last);
            progress?.Report((double)epochs / Settings.Epochs);
        });

        return new(last, best, new Dictionary<string, double> { ["learning_rate"] = Settings.LearningRates[0] })
        {
            ChosenBy = NumberChoice.LastEpoch, Predicted = classifier.Predicted(test.Features),
        };
    }
}
