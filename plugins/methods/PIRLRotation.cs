using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of PIRL with rotations, section <c>method</c> of a recipe.</summary>
public sealed record PIRLRotationOptions : InvarianceOptions
{
    /// <summary>Weight lambda of the rotated image, a fraction in [0, 1]; the image has the rest. Paper, section 3.4: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double RotationWeight { get; init; } = 0.5;
}

/// <summary>An image and a rotated one must have the embedding that a bank keeps of the image, unlike those of other images.</summary>
/// <remarks>
/// <para>Misra and van der Maaten, "Self-Supervised Learning of Pretext-Invariant Representations", CVPR 2020, https://arxiv.org/abs/1912.01991, the rotation
/// form: loss = lambda NCE(m, g(rotated)) + (1 - lambda) NCE(m, f(image)), equation (5) (<see cref="InvarianceContrast"/>). The rotation is 0, 90, 180 or 270
/// degrees, each as likely; f and g are heads of their own on one backbone, which sees images and rotated ones in two passes.</para>
/// <para>There is no authors' code for this form; what it shares with <c>pirl</c> is as there. Ours: the rotated image is a crop of its own, with colours of
/// its own, as the tiles are; rotations belong to the image and epoch.</para>
/// </remarks>
[Plugin("pirl-rotation", Options = typeof(PIRLRotationOptions), Summary = "An image and a rotated one match one row of a memory bank.", Family = "memory",
    Paper = "Self-Supervised Learning of Pretext-Invariant Representations", Authors = "Misra, van der Maaten", Venue = "CVPR", Year = 2020,
    ArXiv = "1912.01991")]
public sealed class PIRLRotation : Module, IMethod, IEpochPhase, IGathered, IBatchCoupled
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> imageHead, rotationHead;
    private readonly ImageBank bank;
    private readonly PartitionConstant partition;
    private readonly InvarianceContrast _contrast;
    private readonly PIRLRotationOptions _options;
    private readonly SampleRandom _random;
    private readonly ViewBuilder _view;

    /// <summary>Builds heads and bank on a backbone.</summary>
    public PIRLRotation(IBackbone backbone, PIRLRotationOptions options, RunInfo run)
        : base(nameof(PIRLRotation))
    {
        (this.backbone, _options, _random, _view) = (backbone, options, new(run), new(run.ImageSize));
        imageHead = ProjectionHead.LinearOrMlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
        rotationHead = ProjectionHead.LinearOrMlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
        (bank, partition) = (new(run.Data.Count, options.ProjectionDim, run.Seed, options.BankMomentum), new());
        _contrast = new(bank, partition, options, run);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <summary>The image, and the one that is rotated.</summary>
    public ViewPlan Views => ViewPlan.Same(2, View(_view.Crop(0.08), Jitter(0.4, 0.4, 0.4, 0.2, probability: 1), Grayscale(), Flip()));

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.ReducedStatistics;

    /// <inheritdoc/>
    public string BatchCoupling => PartitionConstant.Coupling;   // with NCE; the other losses have no Z

    /// <inheritdoc/>
    public bool IsNeeded => _options.BankStart == BankStart.ForwardPass;

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch == 0;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context) => _contrast.BeforeEpoch(context, Embed);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var turns = _random.Of(batch, context, InvarianceContrast.OfMethod).Select(random => random.NextInt(QuarterTurns.Count)).ToArray();   // N of them
        var f = Rows.Unit(Embed(batch.Views[0]));                                                            // [N, D]
        var rotated = QuarterTurns.Of(batch.Views[1], turns);                                                // [N, C, S, S]
        var g = Rows.Unit(rotationHead.call(backbone.call(rotated)));                                        // [N, D]

        return _contrast.Step(f, g, _options.RotationWeight, "rotation", batch, context);
    }

    private Tensor Embed(Tensor images) => imageHead.call(backbone.call(images));
}
