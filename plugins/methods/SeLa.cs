using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SeLa, section <c>method</c> of a recipe.</summary>
public sealed record SeLaOptions : IRunRequirements
{
    /// <summary>Heads H, each with labels of its own. Paper, section 4.2: 10 for the best results; 1 otherwise.</summary>
    [Range(1, 1000)]
    public int Heads { get; init; } = 10;

    /// <summary>Clusters K of a head. Paper, section 4.2: 3000 with ten heads.</summary>
    [Range(2, 1 << 20)]
    public int Clusters { get; init; } = 3000;

    /// <summary>Sharpness of the transport plan, positive. Authors' code: 25; 10 for CIFAR.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Lambda { get; init; } = 25;

    /// <summary>Change of a plan below which it counts as found, relative and summed over the images, positive. Authors' code: 0.1; 0.01 for CIFAR.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Tolerance { get; init; } = 0.1;

    /// <summary>Times at which labels are computed anew over the run; several within an epoch count once. Authors' code: 100; 400 for CIFAR.</summary>
    [Range(2, 1 << 20)]
    public int Relabellings { get; init; } = 100;

    /// <summary>How these times spread over the run. Authors' code: quadratic; linear for CIFAR.</summary>
    public RelabelPace Pace { get; init; } = RelabelPace.Quadratic;

    /// <summary>Whether a time changes the labels of all heads, or those of one, in turn. Authors' code: all; one for CIFAR.</summary>
    public bool AllHeadsAtOnce { get; init; } = true;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => PseudoLabels.CountFaults("method.clusters", Clusters, run);
}

/// <summary>The network learns labels that optimal transport finds under its own predictions, with equally many images for every label.</summary>
/// <remarks>
/// <para>Asano et al., "Self-labelling via simultaneous clustering and representation learning", ICLR 2020, https://arxiv.org/abs/1911.05371, and its code.
/// Labels begin as a random equal partition and change at the times of <see cref="RelabelSchedule"/> by <see cref="EqualPartition"/>; the loss is the mean
/// cross-entropy over heads. The probabilities of one head at a time need count * K * 4 bytes where the method is.</para>
/// <para>Differs from the code: probabilities are those of un-augmented images in evaluation mode, where the authors predict augmented ones in training mode;
/// labels change between epochs only; with one head at a time, each has its turn, where the code takes the head of the epoch's number. The code can train its
/// labels once more together with rotations ("+Rot"), which is not here.</para>
/// </remarks>
[Plugin("sela", Options = typeof(SeLaOptions), Summary = "Learns labels that optimal transport spreads evenly over the images, from its own predictions.",
    Taxonomy = "context-based: similarity", PseudoLabel = "discrete class",
    Family = "clustering", Paper = "Self-labelling via simultaneous clustering and representation learning", Authors = "Asano, Rupprecht, Vedaldi",
    Venue = "ICLR", Year = 2020, ArXiv = "1911.05371")]
public sealed class SeLa : Module, IMethod, IEpochPhase
{
    private const int Labels = 0, Weights = 1;   // what random numbers are for

    private readonly IBackbone backbone;
    private readonly PseudoLabelHead heads;
    private readonly Tensor clusters;   // [H, count]
    private readonly SeLaOptions _options;
    private readonly RunInfo _run;
    private readonly RelabelSchedule _schedule;
    private readonly ViewBuilder _view;

    /// <summary>Builds the heads on a backbone; labels are a random equal partition.</summary>
    public SeLa(IBackbone backbone, SeLaOptions options, RunInfo run)
        : base(nameof(SeLa))
    {
        (this.backbone, _options, _run, _view) = (backbone, options, run, new(run.ImageSize));
        _schedule = new(run.Epochs, options.Relabellings, options.Pace);
        heads = new(backbone.FeatureDim, options.Clusters, PseudoLabels.Random(run, epoch: 0, part: Weights), options.Heads);
        clusters = stack([.. Enumerable.Range(0, options.Heads).Select(FirstLabels)]);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new(_view.IsSmall
        ? [View(_view.Crop(0.2), AlwaysJittered(), Grayscale(), Flip())]
        : [View(_view.Crop(0.08), Grayscale(), AlwaysJittered(), Flip())]);

    /// <inheritdoc/>
    public bool IsDue(int epoch) => _schedule.IsDue(epoch);

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context)
    {
        if (!IsDue(context.Epoch))
        {
            return;
        }

        using var features = context.Features.Extract(backbone.call);   // [count, F]
        var due = _options.AllHeadsAtOnce ? Enumerable.Range(0, _options.Heads) : [_schedule.DueBefore(context.Epoch) % _options.Heads];
        foreach (var head in due)
        {
            Relabel(head, features, context);
        }
    }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var h = backbone.call(batch.Views[0]);                                                              // [N, F]
        var scores = heads.call(h).view(batch.Size, _options.Heads, _options.Clusters).transpose(0, 1);     // [H, N, K]
        var targets = clusters.index_select(1, batch.Indices);                                              // [H, N]

        return new(ClusterPredictionLoss.Compute(scores, targets, temperature: 1))
        {
            Embedding = h,
            Diagnostics = [new("cluster_accuracy", ClassPrediction.Accuracy(scores.flatten(0, 1), targets.flatten()))],
        };
    }

    private static AugmentationSpec AlwaysJittered() => Jitter(0.4, 0.4, 0.4, 0.4, probability: 1);

    // image i gets label i mod K, then all are shuffled
    private Tensor FirstLabels(int head)
    {
        var labels = Enumerable.Range(0, (int)_run.Data.Count).Select(image => (long)(image % _options.Clusters)).ToArray();
        var random = PseudoLabels.Random(_run, epoch: 0, sample: head, part: Labels);
        random.Shuffle<long>(labels);

        return tensor(labels);   // [count]
    }

    private void Relabel(int head, Tensor features, EpochContext context)
    {
        using var scope = NewDisposeScope();
        var logs = heads.LogProbabilities(features, head);                                  // [count, K]
        var (factors, rounds) = EqualPartition.Balance(logs, _options.Lambda, _options.Tolerance, stop: context.Stop);
        var labels = EqualPartition.Labels(logs, _options.Lambda, factors);             // [count]
        context.Logger.LogInformation(
            "Epoch {Epoch}, head {Head}: labels after {Rounds} rounds, mean cost {Cost:F3}; {Changed:P1} of the images changed; {Sizes}, the smallest "
                + "{Smallest}.",
            context.Epoch + 1, head + 1, rounds, EqualPartition.Cost(logs, labels).item<double>(),
            (labels != clusters[head]).to(float32).mean().item<float>(), ClusterSizes.Describe(labels, _options.Clusters),
            ClusterSizes.Of(labels, _options.Clusters).Min());
        clusters[head].copy_(labels);
    }
}
