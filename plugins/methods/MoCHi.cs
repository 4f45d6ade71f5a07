using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>What the class labels are used for.</summary>
public enum ClassOracle
{
    /// <summary>Nothing: self-supervised.</summary>
    None,

    /// <summary>To measure: the share of a query's hardest negatives that show its own class. Training is unchanged.</summary>
    Analysis,

    /// <summary>To train: negatives of the query's own class are removed from the loss, from the hardest and from mixing. The paper's upper bound, not
    /// self-supervised.</summary>
    Training,
}

/// <summary>Settings of MoCHi, section <c>method</c> of a recipe. The paper writes a setting as MoCHi (N, s, s').</summary>
public sealed record MoCHiOptions : IValidatableObject, IRunRequirements
{
    /// <summary>Divisor of the cosines, positive. MoCo v2: 0.2.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Share of the momentum encoder kept at each step, a fraction in [0, 1). MoCo v1, section 3.2: 0.999.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.999;

    /// <summary>Keys K in the queue, a multiple of the batch size. Paper: 65536 on ImageNet-1k, 16384 on ImageNet-100.</summary>
    [Range(2, 1 << 24)]
    public int QueueSize { get; init; } = 65536;

    /// <summary>Hardest negatives per query to mix, N, fewer than the queue holds. Paper, table 1: 1024.</summary>
    [Range(1, 1 << 24)]
    public int Hardest { get; init; } = 1024;

    /// <summary>Points between two hard negatives, s, per query; may exceed N. Paper, table 1: 1024 on ImageNet-100.</summary>
    [Range(0, 1 << 20)]
    public int PairPoints { get; init; } = 1024;

    /// <summary>Points between the query and a hard negative, s', per query; may exceed N. Paper, table 1: 128 on ImageNet-100.</summary>
    [Range(0, 1 << 20)]
    public int QueryPoints { get; init; } = 128;

    /// <summary>First epochs without synthetic negatives, plain MoCo v2. Paper: 15 on ImageNet-1k, 10 on ImageNet-100.</summary>
    [Range(0, 100000)]
    public int WarmupEpochs { get; init; } = 15;

    /// <summary>Use of class labels: none, analysis or training.</summary>
    public ClassOracle ClassOracle { get; init; } = ClassOracle.None;

    /// <summary>Width D of the projections. MoCo v1, section 3.3: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Width of the head's hidden layer; 0 takes the backbone's feature width (2048 for ResNet-50), as MoCo v2.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Hardest >= QueueSize)
        {
            yield return new($"method.hardest is {Hardest}, but the queue holds {QueueSize} keys. Lower it, or raise method.queueSize.", [nameof(Hardest)]);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        if (ClassOracle != ClassOracle.None && run.Data.Classes.Count == 0)
        {
            yield return $"method.classOracle is {ClassOracle}, but the data set '{run.Data.Name}' has no labels. Set it to none.";
        }

        if (ClassOracle != ClassOracle.None && run.Data.IsMultiLabel)
        {
            yield return $"method.classOracle is {ClassOracle}, but images of the data set '{run.Data.Name}' show several classes each. Set it to none.";
        }

        foreach (var fault in FeatureQueue.Faults(QueueSize, run.BatchSize))
        {
            yield return fault;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Notes(RunInfo run) => LateStart.Note("method.warmupEpochs", WarmupEpochs, run, "no synthetic negative is mixed, and "
        + "this is plain MoCo v2");
}

/// <summary>MoCo v2 whose negatives are joined, for each query, by synthetic points mixed from its hardest ones.</summary>
/// <remarks>
/// <para>Kalantidis et al., "Hard Negative Mixing for Contrastive Learning", NeurIPS 2020, section 4, https://arxiv.org/abs/2010.01028. For a query q, key k
/// and queue:</para>
/// <para>take the N keys of the queue most similar to q; s times draw two of them and alpha from U(0, 1): h = normalise(alpha n_i + (1 - alpha) n_j);
/// s' times draw one and beta from U(0, 0.5): h' = normalise(beta q + (1 - beta) n);
/// loss = -log( exp(q·k / T) / (exp(q·k / T) + sum over queue, h and h' of exp(q·x / T)) ).</para>
/// <para>Synthetic points are constants for the gradient, belong to one query, and never enter the queue. The two negatives of a pair may be the same
/// one.</para>
/// <para>Differs from the paper: keys are encoded in random order on one device (see <see cref="BatchShuffle"/>). Diagnostics that need the mix are reported
/// once warm-up is over.</para>
/// </remarks>
[Plugin("mochi", Options = typeof(MoCHiOptions), Summary = "MoCo v2 with synthetic hard negatives, mixed per query in feature space.", Family = "contrastive",
    Paper = "Hard Negative Mixing for Contrastive Learning", Authors = "Kalantidis, Sariyildiz, Pion, Weinzaepfel, Larlus", Venue = "NeurIPS", Year = 2020,
    ArXiv = "2010.01028")]
public sealed class MoCHi : Module, IMethod, IMomentumPairs, IGathered, IBatchCoupled
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly MomentumEncoder momentumEncoder;
    private readonly FeatureQueue queue;
    private readonly MoCHiOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds both encoders and the queue.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the batch size, or an oracle is asked for on data without labels.</exception>
    public MoCHi(BackboneFactory backbones, MoCHiOptions options, RunInfo run)
        : base(nameof(MoCHi))
    {
        options.Require(run);
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (backbones(), backbones());
        projector = Projector();
        momentumEncoder = new(
            (backbone, projector), (target, Projector()), MomentumSchedule.Constant(options.Momentum), MomentumUpdate.BeforeForward);
        queue = new FeatureQueue(options.QueueSize, options.ProjectionDim, run.BatchSize, run.Seed, withLabels: options.ClassOracle != ClassOracle.None);
        RegisterComponents();

        Module<Tensor, Tensor> Projector() => ProjectionHead.Mlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(
        2, View(_view.Crop(_view.IsSmall ? 0.08 : 0.2), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), _view.Blur(0.5), Flip()));   // MoCo v2's

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public string BatchCoupling => "Each micro-batch draws its own synthetic negatives.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var q = projector.call(backbone.call(batch.Views[0]));           // [B, D]
        var k = momentumEncoder.Keys(batch.Views[1], context);           // [B, D], no gradient
        var mixes = context.Epoch >= _options.WarmupEpochs;
        var draws = MoCHiDraws.Sample(context, batch.Size, _options.Hardest, mixes ? _options.PairPoints : 0, mixes ? _options.QueryPoints : 0, q.device);
        var sameClass = SameClass(batch);                                // [B, K], or null
        var removed = _options.ClassOracle == ClassOracle.Training ? sameClass : null;
        var logits = MoCHiLogits.Compute(q, k, queue.Keys, _options.Temperature, _options.Hardest, draws, removed);   // [B, 1 + K + s + s']

        return new(InfoNCELoss.FromLogits(logits.All))
        {
            Embedding = q,
            Positive = k,
            Diagnostics = Diagnose(q.detach(), k, logits, sameClass),
            Remember = [new(queue, k, queue.Labels is null ? null : batch.Labels)],
        };
    }

    /// <summary>Which keys of the queue show the class of which query, [B, K] bool; null without an oracle. Unknown classes match nothing.</summary>
    private Tensor? SameClass(Batch batch)
    {
        if (queue.Labels is null)
        {
            return null;
        }

        var labels = (batch.Labels ?? throw new ArgumentException("The class oracle needs the labels of the batch.", nameof(batch))).unsqueeze(1);   // [B, 1]

        return (queue.Labels.unsqueeze(0) == labels).logical_and(labels >= 0);
    }

    private List<Diagnostic> Diagnose(Tensor q, Tensor k, MoCHiLogits logits, Tensor? sameClass)
    {
        using var noGradients = no_grad();
        var positives = logits.All.detach().select(1, 0);                              // [B]
        List<Diagnostic> diagnostics =
        [
            new("proxy_accuracy", ProxyTask.Accuracy(positives, logits.LargestOfQueue)),   // what MoCo's own accuracy counts
            new("alignment", AlignmentUniformity.Alignment(q, k)),
        ];
        if (q.shape[0] > 1)
        {
            diagnostics.Add(new("uniformity", AlignmentUniformity.Uniformity(q)));
        }

        if (logits.Synthetic is { } synthetic)
        {
            var largest = maximum(logits.LargestOfQueue, synthetic.detach().amax([1]));   // [B]
            diagnostics.Add(new("proxy_accuracy_synthetic", ProxyTask.Accuracy(positives, largest)));
        }

        if (sameClass is not null)
        {
            diagnostics.Add(new("false_negatives", sameClass.gather(1, logits.Hardest).to(float32).mean()));   // share of the N hardest, all queries
        }

        return diagnostics;
    }
}
