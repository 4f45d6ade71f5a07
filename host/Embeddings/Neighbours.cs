namespace Parallax.Host.Embeddings;

/// <summary>The images whose features are most similar, by exact cosine.</summary>
internal static class Neighbours
{
    /// <summary>The rows nearest to a query.</summary>
    /// <param name="bank">Features, [M, F], rows of length one.</param>
    /// <param name="query">[F], of any length.</param>
    /// <param name="k">How many; fewer where there are not so many.</param>
    /// <param name="own">The row of the query itself, which is left out; null where it is none of them.</param>
    public static IReadOnlyList<Neighbour> Of(Tensor bank, Tensor query, int k, int? own = null)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();

        return Nearest(F.normalize(query.unsqueeze(0)), bank, k, _ => own)[0];
    }

    /// <summary>The rows nearest to each row, which is not among its own.</summary>
    /// <param name="bank">Features, [N, F], rows of length one.</param>
    /// <param name="k">How many; fewer where there are not so many.</param>
    /// <returns>N lists.</returns>
    public static IReadOnlyList<IReadOnlyList<Neighbour>> OfEach(Tensor bank, int k)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();

        return Nearest(bank, bank, k, query => query);
    }

    private static List<IReadOnlyList<Neighbour>> Nearest(Tensor queries, Tensor bank, int k, Func<int, int?> ownOf)
    {
        var asked = (int)Math.Min(k + 1L, bank.shape[0]);
        using var nearest = SimilarRows.Map(
            queries, bank, asked, (similarities, rows) => torch.stack([similarities.to(torch.float64), rows.to(torch.float64)], 2));   // [n, k, 2]
        var numbers = nearest.data<double>().ToArray();
        var lists = new List<IReadOnlyList<Neighbour>>();
        for (var query = 0; query < queries.shape[0]; query++)
        {
            var own = ownOf(query);
            lists.Add([.. Enumerable.Range(query * asked, asked).Select(place => new Neighbour((int)numbers[(2 * place) + 1], numbers[2 * place]))
                .Where(neighbour => neighbour.Row != own).OrderByDescending(neighbour => neighbour.Similarity).ThenBy(neighbour => neighbour.Row).Take(k)]);
        }

        return lists;
    }
}

/// <summary>A row that is near to a query.</summary>
/// <param name="Row">Which, from 0.</param>
/// <param name="Similarity">Cosine of the angle between the features.</param>
internal sealed record Neighbour(int Row, double Similarity);
