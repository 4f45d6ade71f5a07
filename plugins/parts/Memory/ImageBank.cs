using System.Globalization;

namespace Parallax.Plugins.Parts;

/// <summary>A row for every image of the training set, found by the image's index and overwritten whenever the image is seen. A buffer: checkpoints and device
/// moves include it.</summary>
/// <remarks>
/// Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018, section 3.1, https://arxiv.org/abs/1805.01978:
/// it needs count * dimension * 4 bytes where the method is.
/// </remarks>
public sealed class ImageBank : Module, IFeatureMemory
{
    private readonly Tensor bank;   // [count, D]; the field's name is the name in checkpoints

    /// <summary>Makes a bank of random unit rows.</summary>
    /// <param name="count">Images of the training set.</param>
    /// <param name="dimension">Length D of a row.</param>
    /// <param name="seed">Seed of the random rows.</param>
    public ImageBank(long count, long dimension, long seed)
        : base(nameof(ImageBank))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        using var generator = new Generator(unchecked((ulong)seed));
        bank = Rows.Unit(randn([count, dimension], dtype: float32, generator: generator));
        RegisterComponents();
    }

    /// <summary>The rows, [count, D], in the order of the images' indices.</summary>
    public Tensor Features => bank;

    /// <summary>Overwrites all rows.</summary>
    /// <param name="features">[count, D], on any device.</param>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public void Fill(Tensor features)
    {
        Rows.RequireSame(bank, nameof(bank), features, nameof(features));
        using var noGradients = no_grad();
        bank.copy_(features);
    }

    /// <summary>Overwrites the rows of some images.</summary>
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
        bank.index_copy_(0, tags.to(bank.device), rows.detach().to(bank.dtype));
    }
}
