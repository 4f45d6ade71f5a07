using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>How instance discrimination tells the own row of a bank from negatives.</summary>
public enum InstDiscContrast
{
    /// <summary>Noise-contrastive estimation with a constant Z, see <see cref="NCELoss"/>: the paper.</summary>
    NCE,

    /// <summary>A softmax over the own row and the negatives, see <see cref="InfoNCELoss"/>: the authors' later code, with 65536 negatives.</summary>
    InfoNCE,
}

/// <summary>Settings of instance discrimination against drawn negatives, section <c>method</c> of a recipe.</summary>
public sealed record InstDiscOptions : InstanceOptions, IRunRequirements
{
    /// <summary>How embeddings are compared with the bank: nce as the paper, or info-nce as the authors' later code. Paper: nce.</summary>
    public InstDiscContrast Contrast { get; init; } = InstDiscContrast.NCE;

    /// <summary>Whether the random rows of the bank begin with length one. Authors' code: no, uniform numbers whose length is about one; VISSL: yes.</summary>
    public bool UnitRows { get; init; }

    /// <summary>Rows that each image is told apart from, K, drawn with replacement. Authors' code: 4096.</summary>
    [Range(1, 1 << 24)]
    public int Negatives { get; init; } = 4096;

    /// <summary>Weight lambda of the squared distance to the image's row, not negative. From memory of the paper, section 3.3: 30; authors' code: 0.</summary>
    [Range(0.0, 1e6)]
    public double ProximalWeight { get; init; } = 30;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => Contrast == InstDiscContrast.NCE ? PartitionConstant.Faults(Temperature, run) : [];
}

/// <summary>Every image is a class of its own, told apart from others by noise-contrastive estimation against a bank of their last embeddings.</summary>
/// <remarks>
/// <para>Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018, https://arxiv.org/abs/1805.01978:
/// loss = NCE (equation (7), see <see cref="NCELoss"/>) + lambda ||v - m||² (equation (10)), m being the image's row of the bank before the step. Afterwards
/// m = normalise(0.5 m + 0.5 v). Z is fixed in the first step, see <see cref="PartitionConstant"/>. With <c>contrast: info-nce</c> there is no Z: the loss is
/// the cross-entropy over the own row and the negatives (<see cref="InfoNCELoss"/>), as in the authors' later code and in VISSL.</para>
/// <para>Differs from the authors' code: that has no proximal term (<c>proximalWeight: 0</c>); negatives are drawn per image and epoch
/// (<see cref="BankDraws"/>).</para>
/// </remarks>
[Plugin("instdisc", Options = typeof(InstDiscOptions), Summary = "Each image is a class: noise-contrastive estimation against a memory bank.",
    Family = "memory", Paper = "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", Authors = "Wu, Xiong, Yu, Lin", Venue = "CVPR",
    Year = 2018, ArXiv = "1805.01978")]
public sealed class InstDisc : Module, IMethod, IEpochPhase, IGathered, IBatchCoupled
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly ImageBank bank;
    private readonly PartitionConstant partition;
    private readonly InstDiscOptions _options;
    private readonly SampleRandom _random;
    private readonly ViewBuilder _view;
    private readonly long _images;

    /// <summary>Builds head and bank on a backbone.</summary>
    public InstDisc(IBackbone backbone, InstDiscOptions options, RunInfo run)
        : base(nameof(InstDisc))
    {
        (this.backbone, _options, _random, _view, _images) = (backbone, options, new(run), new(run.ImageSize), run.Data.Count);
        projector = ProjectionHead.LinearLayer(backbone.FeatureDim, options.ProjectionDim);
        bank = ImageBank.WithUniformRows(_images, options.ProjectionDim, run.Seed, options.BankMomentum, options.UnitRows);
        partition = new();
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => InstanceViews.Of(_view);

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.ReducedStatistics;

    /// <inheritdoc/>
    public string BatchCoupling => _options.Contrast == InstDiscContrast.NCE ? PartitionConstant.Coupling : "";   // the other loss has no Z

    /// <inheritdoc/>
    public bool IsNeeded => _options.BankStart == BankStart.ForwardPass;

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch == 0;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context) => bank.Begin(_options.BankStart, context, Embed);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var v = Rows.Unit(Embed(batch.Views[0]));                                                                       // [N, D]
        var m = bank.Features.index_select(0, batch.Indices);                                                           // [N, D]
        var candidates = BankDraws.Candidates(batch.Indices, _random.Of(batch, context), _images, _options.Negatives);  // [N, 1 + K]
        var logits = BankLogits.Of(v, bank.Features, candidates, _options.Temperature);                                 // [N, 1 + K]
        var z = _options.Contrast == InstDiscContrast.NCE ? partition.Of(logits, _images, context) : null;              // [1, 1]
        var nce = z is null ? InfoNCELoss.FromLogits(logits) : NCELoss.Compute(logits, z, _images);                     // []
        var proximal = (v - m).square().sum(1).mean();                                                                  // []

        return new(nce + (_options.ProximalWeight * proximal))
        {
            Embedding = v,
            Positive = m,
            Diagnostics = [new("nce_loss", nce.detach()), new("proximal", proximal.detach())],
            Remember = [new(bank, v.detach(), batch.Indices), .. z is null ? [] : partition.Updates(z, context)],
        };
    }

    private Tensor Embed(Tensor images) => projector.call(backbone.call(images));
}
