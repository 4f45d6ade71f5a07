namespace Parallax.Plugins.Parts;

/// <summary>Which embeddings are anchors of the supervised contrastive loss; all are candidates.</summary>
public enum SupConAnchors
{
    /// <summary>Those of every view: the paper.</summary>
    AllViews,

    /// <summary>Those of the first view only.</summary>
    FirstView,
}

/// <summary>Supervised contrastive loss: each embedding must find all views of all images of its class among the other embeddings of the batch.</summary>
/// <remarks>
/// <para>Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, equation (2), L_out, https://arxiv.org/abs/2004.11362, with the factor of the authors'
/// code: -(T / T_base) times the mean over the positives p of log( exp(s(i, p) / T) / sum over a ≠ i of exp(s(i, a) / T) ), mean over the anchors.</para>
/// <para>An anchor without a positive adds 0 and still counts in the mean. Images of unknown class (-1) have only their own other views as positives.</para>
/// </remarks>
public static class SupConLoss
{
    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="views">Projections of each view, [N, D] each; normalised here. Row i of all of them shows the same image. At least two rows in all.</param>
    /// <param name="labels">Class of each image, [N] int64, -1 where unknown. With labels that all differ the loss is NT-Xent.</param>
    /// <param name="temperature">T, divisor of the cosines, positive.</param>
    /// <param name="baseTemperature">T_base, positive; equal to <paramref name="temperature"/> it gives the paper's equation.</param>
    /// <param name="anchors">Which embeddings are anchors.</param>
    /// <returns>Scalar, [], float32.</returns>
    /// <exception cref="ArgumentException">The shapes differ, are not [N, D] and [N], or there are fewer than two embeddings.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A temperature is not a positive number.</exception>
    public static Tensor Compute(
        IReadOnlyList<Tensor> views, Tensor labels, double temperature, double baseTemperature, SupConAnchors anchors = SupConAnchors.AllViews)
    {
        Require(views, labels);
        Rows.RequireTemperature(temperature);
        Rows.RequireTemperature(baseTemperature);
        using var precision = Precision.Float32();

        var z = Rows.Unit(cat([.. views], 0));                                                     // [M, D], M = N * views, view by view
        var classes = Distinct(labels).repeat(views.Count);                                        // [M]
        var count = anchors == SupConAnchors.FirstView ? labels.shape[0] : z.shape[0];             // A anchors: the first rows
        var a = count == z.shape[0] ? z : z.narrow(0, 0, count);                                   // [A, D]
        var (sums, sizes) = OfClass(z, classes);                                                   // [M, D], [M]
        var counts = sizes.narrow(0, 0, count) - 1;                                                // [A] positives: all of the class but the anchor
        var positives = (a * (sums.narrow(0, 0, count) - a)).sum(1) / temperature;                 // [A], sum over the positives: a dot product with their sum
        var candidates = LogSumExp.Over(a, z, temperature, new Diagonal(0, 0, count));             // [A]
        var logProbability = (positives - (counts * candidates)) / counts.clamp_min(1);            // [A], 0 without positives

        return logProbability.mean() * (-temperature / baseTemperature);                           // []
    }

    /// <summary>For each embedding the sum over its class, and the size of its class. A class takes the place of its first member in sorted order, so that the
    /// number of classes need not be known.</summary>
    private static (Tensor Sums, Tensor Sizes) OfClass(Tensor z, Tensor classes)
    {
        var place = searchsorted(classes.sort().Values, classes);                                              // [M]
        var sums = zeros_like(z).index_add(0, place, z, 1);                                                    // [M, D]
        var sizes = zeros(z.shape[0], device: z.device).index_add(0, place, ones(z.shape[0], device: z.device), 1);   // [M]

        return (sums.index_select(0, place), sizes.index_select(0, place));
    }

    /// <summary>Labels with a class of its own for each image of unknown class.</summary>
    private static Tensor Distinct(Tensor labels) =>
        where(labels < 0, -1 - arange(labels.shape[0], dtype: int64, device: labels.device), labels);   // [N]

    private static void Require(IReadOnlyList<Tensor> views, Tensor labels)
    {
        ArgumentOutOfRangeException.ThrowIfZero(views.Count);
        foreach (var view in views)
        {
            Rows.RequireSame(views[0], "views[0]", view, nameof(views));
        }

        if (labels.shape.Length != 1 || labels.shape[0] != views[0].shape[0])
        {
            throw new ArgumentException(
                $"'{nameof(labels)}' has the shape [{string.Join(", ", labels.shape)}]; expected [{views[0].shape[0]}], one class per image.", nameof(labels));
        }

        if (views.Count * labels.shape[0] < 2)
        {
            throw new ArgumentException("One embedding has nothing to be compared with; expected at least two.", nameof(views));
        }
    }
}
