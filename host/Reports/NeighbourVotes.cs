namespace Parallax.Host.Reports;

/// <summary>Classes that the nearest training images vote for, by exp(cosine / T).</summary>
/// <param name="Bank">Training images that could vote.</param>
/// <param name="Counts">Images of class [row] that were taken for class [column].</param>
internal sealed record NeighbourVotes(long Bank, int[,] Counts)
{
    /// <summary>Neighbours that vote, and the temperature T.</summary>
    public const int Neighbours = 20;
    public const double Temperature = 0.07;

    /// <summary>Share of the images that were taken for their own class, a fraction.</summary>
    public double Accuracy => Enumerable.Range(0, Counts.GetLength(0)).Sum(at => Counts[at, at]) / (double)Math.Max(1, Counts.Cast<int>().Sum());

    /// <summary>Lets training images vote; those without a class do not, and none do for images without one.</summary>
    /// <param name="bank">Features of training images, with their labels.</param>
    /// <param name="held">Features of held-out images, with theirs.</param>
    /// <returns>The votes; null where either has no image with a class.</returns>
    public static NeighbourVotes? Of(FeatureSet bank, FeatureSet held)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        (bank, held) = (Labelled(bank), Labelled(held));
        if (bank.Features.shape[0] == 0 || held.Features.shape[0] == 0)
        {
            return null;
        }

        var classes = Math.Max(bank.Classes, held.Classes);
        var votes = SimilarRows.Map(
            F.normalize(held.Features), F.normalize(bank.Features), (int)Math.Min(Neighbours, bank.Features.shape[0]), Vote);   // [N, C]
        var (labels, predicted) = (held.Labels.data<long>().ToArray(), votes.argmax(1).data<long>().ToArray());
        var counts = new int[classes, classes];
        foreach (var (label, guess) in labels.Zip(predicted))
        {
            counts[label, guess]++;
        }

        return new(bank.Features.shape[0], counts);

        Tensor Vote(Tensor similarities, Tensor rows)
        {
            var weights = (similarities / Temperature).exp();                                                 // [n, k]
            var chosen = bank.Labels.index_select(0, rows.flatten()).view(rows.shape);                        // [n, k]

            return torch.zeros([weights.shape[0], classes], dtype: weights.dtype).scatter_add_(1, chosen, weights);   // [n, C]
        }
    }

    private static FeatureSet Labelled(FeatureSet set)
    {
        var rows = set.Labels.ge(0).nonzero().squeeze(1);                                                     // [n]

        return set with { Features = set.Features.index_select(0, rows), Labels = set.Labels.index_select(0, rows) };
    }
}
