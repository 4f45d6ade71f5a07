namespace Parallax.Plugins.Parts;

/// <summary>Keys that rows leave out of their softmax: row <c>Row + t</c> leaves out key <c>Key + t</c>, for t from 0 to <c>Length - 1</c>.</summary>
/// <param name="Row">First row, at least 0.</param>
/// <param name="Key">Key that the first row leaves out, at least 0.</param>
/// <param name="Length">Number of rows.</param>
/// <remarks>A piece of a diagonal of the [N, M] matrix of similarities. With its own embeddings as keys, a batch leaves out <c>new(0, 0, N)</c>.
/// Pieces do not overlap.</remarks>
public readonly record struct Diagonal(long Row, long Key, long Length)
{
    internal long Offset => Key - Row;

    internal long End => Row + Length;

    /// <summary>The same pairs with rows and keys in each other's places.</summary>
    internal Diagonal Transposed => new(Key, Row, Length);

    /// <summary>Writes a number where the piece crosses a part of the matrix.</summary>
    /// <param name="part">[n, m], changed in place.</param>
    /// <param name="firstRow">Row of the matrix at which the part starts.</param>
    /// <param name="firstKey">Key at which the part starts.</param>
    /// <param name="value">The number.</param>
    internal void Fill(Tensor part, long firstRow, long firstKey, float value)
    {
        var start = Math.Max(Math.Max(firstRow, Row), firstKey - Offset);
        var end = Math.Min(Math.Min(firstRow + part.shape[0], End), firstKey + part.shape[1] - Offset);
        if (start < end)
        {
            part.narrow(0, start - firstRow, end - start).narrow(1, start + Offset - firstKey, end - start).diagonal().fill_(value);
        }
    }

    /// <summary>Requires that no pair lies in two pieces.</summary>
    /// <exception cref="ArgumentException">Pieces overlap.</exception>
    internal static void RequireApart(IReadOnlyList<Diagonal> pieces, string name)
    {
        for (var i = 0; i < pieces.Count; i++)
        {
            foreach (var other in pieces.Skip(i + 1))
            {
                if (pieces[i].Offset == other.Offset && pieces[i].Row < other.End && other.Row < pieces[i].End)
                {
                    throw new ArgumentException($"{pieces[i]} and {other} leave the same pairs out; expected pieces that do not overlap. Join them.", name);
                }
            }
        }
    }

    /// <summary>Cuts rows into blocks that each piece covers wholly or not at all, and in which no two pieces share a key.</summary>
    /// <param name="rows">Number of rows N.</param>
    /// <param name="pieces">The pieces.</param>
    /// <param name="largest">Most rows of a block.</param>
    internal static IEnumerable<(long Start, long Count)> Blocks(long rows, IReadOnlyList<Diagonal> pieces, long largest)
    {
        var apart = from one in pieces from other in pieces where one.Offset > other.Offset select one.Offset - other.Offset;
        var size = apart.Append(largest).Min();
        long[] cuts = [.. pieces.SelectMany(piece => new[] { piece.Row, piece.End }).Append(0).Append(rows).Distinct().Order()];

        return cuts.Zip(cuts.Skip(1)).SelectMany(cut => Split(cut.First, cut.Second, size));
    }

    private static IEnumerable<(long Start, long Count)> Split(long start, long end, long size)
    {
        for (var at = start; at < end; at += size)
        {
            yield return (at, Math.Min(size, end - at));
        }
    }
}
