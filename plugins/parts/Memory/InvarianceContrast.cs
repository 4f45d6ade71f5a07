using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>The loss of PIRL: an image and a changed one must both have the embedding that a bank keeps of the image, unlike those of other images.</summary>
/// <remarks>
/// Misra and van der Maaten, "Self-Supervised Learning of Pretext-Invariant Representations", CVPR 2020, equation (5), https://arxiv.org/abs/1912.01991:
/// loss = lambda NCE(m, g) + (1 - lambda) NCE(m, f). Only f enters the bank, after both terms. With <see cref="PIRLContrast.NCE"/>, one Z serves both,
/// estimated from the changed images; with <see cref="PIRLContrast.Paper"/>, both terms share their negatives. Negatives belong to image and epoch.
/// </remarks>
/// <param name="bank">Keeps a row of each image.</param>
/// <param name="partition">Keeps Z.</param>
/// <param name="options">Temperature, negatives, and how they are compared.</param>
/// <param name="run">Gives the number of images, and the seed.</param>
public sealed class InvarianceContrast(ImageBank bank, PartitionConstant partition, InvarianceOptions options, RunInfo run)
{
    /// <summary>What a method itself may draw for an image with a <see cref="SampleRandom"/>; other parts are drawn here.</summary>
    public const int OfMethod = 0;

    private const int OfChangedNegatives = 1, OfImageNegatives = 2;

    private readonly SampleRandom _random = new(run);
    private readonly long _images = run.Data.Count;

    /// <summary>Before the first epoch: the start of the bank that the options ask for.</summary>
    /// <param name="context">The epoch, and the extractor of features.</param>
    /// <param name="encode">From images [N, C, H, W] to embeddings [N, D].</param>
    public void BeforeEpoch(EpochContext context, Func<Tensor, Tensor> encode) => bank.Begin(options.BankStart, context, encode);

    /// <summary>What a step returns.</summary>
    /// <param name="f">Embeddings of the images, [N, D] float32, rows of length one.</param>
    /// <param name="g">Embeddings of the changed images, [N, D] float32, rows of length one.</param>
    /// <param name="weight">Weight lambda of the changed images, a fraction in [0, 1].</param>
    /// <param name="change">How their loss is reported: <c>CHANGE_loss</c>.</param>
    /// <param name="batch">Which images these are.</param>
    /// <param name="context">Where training stands.</param>
    public StepOutput Step(Tensor f, Tensor g, double weight, string change, Batch batch, StepContext context)
    {
        var changedLogits = Logits(g, OfChangedNegatives);                                                           // [N, 1 + K]
        var imageLogits = Logits(f, options.Contrast == PIRLContrast.Paper ? OfChangedNegatives : OfImageNegatives); // [N, 1 + K]
        var z = options.Contrast == PIRLContrast.NCE ? partition.Of(changedLogits, _images, context) : null;                                 // [1, 1]
        var (ofChanged, ofImage) = (Term(changedLogits, z), Term(imageLogits, z));                                   // [] each

        return new((weight * ofChanged) + ((1 - weight) * ofImage))
        {
            Embedding = f,
            Positive = g,
            Diagnostics = [new($"{change}_loss", ofChanged.detach()), new("image_loss", ofImage.detach())],
            Remember = [new(bank, f.detach(), batch.Indices), .. z is null ? [] : partition.Updates(z, context)],
        };

        Tensor Logits(Tensor embedding, int part) => BankLogits.Of(embedding, bank.Features, BankDraws.Candidates(
            batch.Indices, _random.Of(batch, context, part), _images, options.Negatives, leavesOwnOut: options.Contrast == PIRLContrast.Paper),
            options.Temperature);
    }

    private Tensor Term(Tensor logits, Tensor? z) => options.Contrast switch
    {
        PIRLContrast.NCE => NCELoss.Compute(logits, z!, _images),
        PIRLContrast.InfoNCE => InfoNCELoss.FromLogits(logits),
        _ => PIRLLoss.Term(logits),
    };
}
