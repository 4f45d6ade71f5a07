using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>A row for every image of the training set, found by the image's index and overwritten, or averaged with what was there, whenever the image is seen.
/// A buffer: checkpoints and device moves include it.</summary>
/// <remarks>
/// Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018, section 3.1, https://arxiv.org/abs/1805.01978, as in the
/// authors' code: row = normalise(m row + (1 - m) feature); with m = 0 rows are kept as they come. It needs count * dimension * 4 bytes where the method is.
/// </remarks>
public sealed class ImageBank : Module, IFeatureMemory
{
    private readonly Tensor bank;   // [count, D]; the field's name is the name in checkpoints
    private readonly double _momentum;

    /// <summary>Makes a bank of random unit rows.</summary>
    /// <param name="count">Images of the training set.</param>
    /// <param name="dimension">Length D of a row.</param>
    /// <param name="seed">Seed of the random rows.</param>
    /// <param name="momentum">Share of an image's row that is kept when the image is seen, a fraction in [0, 1); 0 overwrites the row.</param>
    public ImageBank(long count, long dimension, long seed, double momentum = 0)
        : base(nameof(ImageBank))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(momentum);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(momentum, 1);
        _momentum = momentum;
        using var generator = new Generator(unchecked((ulong)seed));
        bank = Rows.Unit(randn([count, dimension], dtype: float32, generator: generator));
        RegisterComponents();
    }

    /// <summary>Makes a bank of random rows of about length one, as instance discrimination's authors: every number uniform in ±1/sqrt(D/3).</summary>
    /// <param name="count">Images of the training set.</param>
    /// <param name="dimension">Length D of a row.</param>
    /// <param name="seed">Seed of the random rows.</param>
    /// <param name="momentum">Share of an image's row that is kept when the image is seen, a fraction in [0, 1); 0 overwrites the row.</param>
    /// <param name="isUnit">Whether these rows are then divided by their lengths, as VISSL does.</param>
    public static ImageBank WithUniformRows(long count, long dimension, long seed, double momentum, bool isUnit = false)
    {
        var made = new ImageBank(count, dimension, seed, momentum);
        using var scope = NewDisposeScope();
        using var generator = new Generator(unchecked((ulong)seed));
        var rows = ((2 * rand([count, dimension], dtype: float32, generator: generator)) - 1) * Math.Sqrt(3.0 / dimension);   // [count, D]
        made.Fill(isUnit ? Rows.Unit(rows) : rows);

        return made;
    }

    /// <summary>The rows, [count, D], in the order of the images' indices.</summary>
    public Tensor Features => bank;

    /// <summary>Before the first epoch, when the rows shall begin so: gives each the embedding of its image, without augmentation. Later nothing.</summary>
    /// <param name="start">How the rows begin.</param>
    /// <param name="context">The epoch, and the extractor of features.</param>
    /// <param name="encode">From images [N, C, H, W] to embeddings [N, D]; normalised here.</param>
    public void Begin(BankStart start, EpochContext context, Func<Tensor, Tensor> encode)
    {
        if (start == BankStart.ForwardPass && context.Epoch == 0)
        {
            using var embeddings = context.Features.Extract(images => Rows.Unit(encode(images)));   // [count, D]
            Fill(embeddings);
        }
    }

    /// <summary>Overwrites all rows.</summary>
    /// <param name="features">[count, D], on any device.</param>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public void Fill(Tensor features)
    {
        Rows.RequireSame(bank, nameof(bank), features, nameof(features));
        using var noGradients = no_grad();
        bank.copy_(features);
    }

    /// <summary>Overwrites the rows of some images, or averages them with what was there.</summary>
    /// <param name="rows">[N, D].</param>
    /// <param name="tags">Indices of the images in the training set, [N] int64, each once.</param>
    /// <exception cref="ArgumentException">The indices are missing, or the rows are not [N, D].</exception>
    public void Remember(Tensor rows, Tensor? tags)
    {
        Rows.RequireSameWidth(bank, nameof(bank), rows, nameof(rows));
        if (tags is null || tags.shape[0] != rows.shape[0])
        {
            throw new ArgumentException(
                $"A bank finds rows by the index of their image; expected {rows.shape[0]} indices, got {(tags is null ? "none" : $"{tags.shape[0]}")}.",
                    nameof(tags));
        }

        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (images, fresh) = (tags.to(bank.device), rows.detach().to(bank.dtype));                        // [N], [N, D]
        bank.index_copy_(0, images, _momentum == 0 ? fresh : Rows.Unit((_momentum * bank.index_select(0, images)) + ((1 - _momentum) * fresh)));
    }
}
