using Parallax.Host.Evaluation;

namespace Parallax.Host.Training;

/// <summary>How many held-out images a classifier told right after each epoch that was measured, head by head.</summary>
internal sealed class ClassifierCourse(IClassifier classifier)
{
    private const int FewestClassesForTopFive = 6;
    private readonly IHeadedClassifier? _headed = classifier as IHeadedClassifier;
    private readonly List<double[]> _top1 = [];   // by epoch and head
    private double[] _top5 = [];

    /// <summary>Accuracy after the latest epoch, of the head that counts.</summary>
    public double Latest => _top1[^1][Chosen];

    /// <summary>The same in words.</summary>
    /// <param name="noun">What the test data are: images, videos.</param>
    public string LatestText(string noun) => FormattableString.Invariant($"{Latest:P1} of the test {noun}")
        + (_headed is null ? "" : $" by the layer {_headed.Heads[Chosen]}");

    /// <summary>What a loss is the sum of, where there are several heads.</summary>
    public string LossText => _headed is null ? "" : $" (sum over {_headed.Heads.Count} layers)";

    /// <summary>Scores after the latest epoch; null with several heads.</summary>
    public ClassScores? Scores { get; private set; }

    private int Chosen => _headed?.Chosen ?? 0;

    /// <summary>Adds an epoch.</summary>
    /// <param name="images">[M, heads x classes] and the labels.</param>
    public void Add(EncodedImages images)
    {
        var scores = images.Set;
        var heads = scores.Features.chunk(_headed?.Heads.Count ?? 1, 1);   // each [M, classes]
        _top1.Add(Array.ConvertAll(heads, head => Accuracy(head, scores.Labels, 1)));
        Scores = _headed is null ? ClassScores.Of(images) : null;
        _top5 = heads[0].shape[1] < FewestClassesForTopFive ? [] : Array.ConvertAll(heads, head => Accuracy(head, scores.Labels, 5));
    }

    /// <summary>What was measured. With several heads also the accuracy of each, by its name; that of the <c>last_layer</c>; and the best one, under a name
    /// that says what it was chosen on.</summary>
    /// <param name="loss">Of the last steps.</param>
    /// <param name="images">Labelled images of the training.</param>
    public EvaluationResult Result(double loss, long images)
    {
        var details = new Dictionary<string, double> { ["train_loss"] = loss, ["labelled_images"] = images };
        if (_top5.Length > 0)
        {
            details["top5"] = _top5[Chosen];
        }

        foreach (var (place, head) in (_headed?.Heads ?? []).Index())
        {
            details[head] = _top1[^1][place];
        }

        if (_headed is not null)
        {
            details["chosen_layer"] = Chosen + 1;
            details["last_layer"] = _top1[^1][^1];
            details["best_layer_on_test"] = _top1[^1].Max();
        }

        return new(Latest, _top1.Max(epoch => epoch[Chosen]), details)
        {
            ChosenBy = _headed?.ChosenBy ?? NumberChoice.LastEpoch, Series = _headed?.Heads ?? [],
        };
    }

    private static double Accuracy(Tensor scores, Tensor labels, int places)
    {
        using var scope = torch.NewDisposeScope();
        var best = scores.topk(places, 1).indexes;   // [M, places]

        return (best == labels.unsqueeze(1)).any(1).to(torch.float64).mean().item<double>();
    }
}
