namespace Parallax.Plugins.Evaluators;

/// <summary>
/// A residual network on the last map of the backbone, which of <c>cpc-v2</c> is the grid of codes, learns the classes of a share of the labelled images; the
/// number is the accuracy on the held-out images.
/// </summary>
/// <remarks>
/// <para>Hénaff et al., "Data-Efficient Image Recognition with Contrastive Predictive Coding", ICML 2020, https://arxiv.org/abs/1905.09272: 33 layers on the
/// 6 x 6 codes of an image, from 1, 2, 5, 10, 20, 50 and 100 % of ImageNet's labels. <c>data-efficient-1</c> to <c>-100</c> keep the backbone as it is,
/// <c>-finetuned-...</c> train it too, with a tenth of the learning rate, which is ours.</para>
/// <para>Images are drawn by the run's seed, the same share of each class, and are those that <c>finetune-semi-1</c> and <c>-10</c> learn from.</para>
/// <para>Differs from the paper, whose code is not public: optimizer, rate, epochs, crops and normalisation of the network (over the batch) are ours; in
/// training, patches of an image are not changed one by one; the paper chooses the epochs of fine-tuning for each share.</para>
/// </remarks>
/// <param name="options">Settings.</param>
[Plugin("data-efficient", Options = typeof(DataEfficientOptions), Family = FamilyName,
    Summary = "A residual network on the last map, with the options given; by default on all labels, the backbone frozen.",
    Paper = Title, Authors = Names, Venue = "ICML", Year = 2020, ArXiv = Number)]
[Plugin("data-efficient-1", Options = typeof(DataEfficientOptions), Family = FamilyName, Preset = "{labelledShare: 0.01}",
    Summary = "A residual network on the frozen last map, from 1 % of the labels.", Paper = Title, Authors = Names, Venue = "ICML", Year = 2020,
    ArXiv = Number)]
[Plugin("data-efficient-2", Options = typeof(DataEfficientOptions), Family = FamilyName, Preset = "{labelledShare: 0.02}",
    Summary = "A residual network on the frozen last map, from 2 % of the labels.", Paper = Title, Authors = Names, Venue = "ICML", Year = 2020,
    ArXiv = Number)]
[Plugin("data-efficient-5", Options = typeof(DataEfficientOptions), Family = FamilyName, Preset = "{labelledShare: 0.05}",
    Summary = "A residual network on the frozen last map, from 5 % of the labels.", Paper = Title, Authors = Names, Venue = "ICML", Year = 2020,
    ArXiv = Number)]
[Plugin("data-efficient-10", Options = typeof(DataEfficientOptions), Family = FamilyName, Preset = "{labelledShare: 0.1}",
    Summary = "A residual network on the frozen last map, from 10 % of the labels.", Paper = Title, Authors = Names, Venue = "ICML", Year = 2020,
    ArXiv = Number)]
[Plugin("data-efficient-20", Options = typeof(DataEfficientOptions), Family = FamilyName, Preset = "{labelledShare: 0.2}",
    Summary = "A residual network on the frozen last map, from 20 % of the labels.", Paper = Title, Authors = Names, Venue = "ICML", Year = 2020,
    ArXiv = Number)]
[Plugin("data-efficient-50", Options = typeof(DataEfficientOptions), Family = FamilyName, Preset = "{labelledShare: 0.5}",
    Summary = "A residual network on the frozen last map, from 50 % of the labels.", Paper = Title, Authors = Names, Venue = "ICML", Year = 2020,
    ArXiv = Number)]
[Plugin("data-efficient-100", Options = typeof(DataEfficientOptions), Family = FamilyName, Preset = "{labelledShare: 1}",
    Summary = "A residual network on the frozen last map, from all labels.", Paper = Title, Authors = Names, Venue = "ICML", Year = 2020,
    ArXiv = Number)]
[Plugin("data-efficient-finetuned-1", Options = typeof(DataEfficientOptions), Family = FamilyName, Preset = "{labelledShare: 0.01, backboneRate: 0.1}",
    Summary = "A residual network on the last map and the backbone, trained together from 1 % of the labels.", Paper = Title, Authors = Names,
    Venue = "ICML", Year = 2020, ArXiv = Number)]
[Plugin("data-efficient-finetuned-10", Options = typeof(DataEfficientOptions), Family = FamilyName, Preset = "{labelledShare: 0.1, backboneRate: 0.1}",
    Summary = "A residual network on the last map and the backbone, trained together from 10 % of the labels.", Paper = Title, Authors = Names,
    Venue = "ICML", Year = 2020, ArXiv = Number)]
[Plugin("data-efficient-finetuned-100", Options = typeof(DataEfficientOptions), Family = FamilyName, Preset = "{labelledShare: 1, backboneRate: 0.1}",
    Summary = "A residual network on the last map and the backbone, trained together from all labels.", Paper = Title, Authors = Names,
    Venue = "ICML", Year = 2020, ArXiv = Number)]
public sealed class DataEfficient(DataEfficientOptions options) : ITrainingEvaluator, IEvaluationRequirements
{
    private const string FamilyName = "data-efficient";
    private const string Title = "Data-Efficient Image Recognition with Contrastive Predictive Coding", Number = "1905.09272";
    private const string Names = "Hénaff, Srinivas, De Fauw, Razavi, Doersch, Eslami, van den Oord";

    /// <inheritdoc/>
    public ClassifierTraining Training => options.Training;

    /// <inheritdoc/>
    public bool FreezesBackbone => options.BackboneRate == 0;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    public IEnumerable<string> Faults(IBackbone backbone)
    {
        if (backbone.Stages.Count == 0)
        {
            yield return $"It puts a residual network on the last map, and the backbone {backbone.GetType().Name} has none. Take a convolutional backbone, or "
                + "finetune.";
        }
        else if (Width(backbone) % ResidualHead.Reduction != 0)
        {
            yield return $"width is {options.Width}, and the last map of {backbone.GetType().Name} has {backbone.Stages[^1].Channels} channels: blocks would "
                + $"have {Width(backbone)}. Expected a multiple of {ResidualHead.Reduction}; set width.";
        }
    }

    /// <inheritdoc/>
    public IClassifier CreateClassifier(BackboneFactory copies, RunInfo run)
    {
        var backbone = copies();
        if (Faults(backbone).ToList() is { Count: > 0 } faults)
        {
            throw new ConfigurationException(faults);
        }

        return new MapClassifier(
            backbone, new ResidualHead(backbone.Stages[^1].Channels, Width(backbone), options.Blocks, run.Data.Classes.Count), options, run);
    }

    private int Width(IBackbone backbone) => options.Width == 0 ? backbone.Stages[^1].Channels : options.Width;
}
