using System.Numerics;
using System.Runtime.Intrinsics;

namespace Parallax.Plugins.Parts;

/// <summary>By what the next permutation of a set is chosen: its Hamming distances to those that are in the set already.</summary>
public enum PermutationRule
{
    /// <summary>The largest mean distance: the authors' published list has this.</summary>
    MaxAverage,

    /// <summary>The largest smallest distance.</summary>
    MaxMin,
}

/// <summary>The permutations among which a jigsaw puzzle is told apart, chosen far from each other.</summary>
/// <remarks>
/// Noroozi and Favaro, ECCV 2016, algorithm 1, https://arxiv.org/abs/1603.09246, as in the script of Goyal et al., ICCV 2019,
/// https://arxiv.org/abs/1905.01235: from a first permutation on, the one that is furthest from the chosen ones joins them. Distances are whole numbers here,
/// so that a tie is a tie; it goes to the permutation that comes first in lexicographic order.
/// </remarks>
public sealed class PermutationSet
{
    private const int Lanes = 16;   // bytes of a vector; those beyond the tiles are 0 in all permutations and never differ

    private readonly Vector128<byte>[] _permutations;
    private readonly int _tiles;

    private PermutationSet(Vector128<byte>[] permutations, int tiles) => (_permutations, _tiles) = (permutations, tiles);

    /// <summary>Chooses permutations one by one; a pass over all T! for each.</summary>
    /// <param name="count">How many, at most T!.</param>
    /// <param name="tiles">Tiles T of a puzzle, from 2 to 9.</param>
    /// <param name="first">The first, as its number in lexicographic order from 0.</param>
    /// <param name="rule">Which comes next.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static PermutationSet Greedy(int count, int tiles, int first, PermutationRule rule)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Factorial(tiles));
        var all = InLexicographicOrder(tiles);
        var scores = new int[all.Length];   // sum of the distances to the chosen ones, or the smallest of them; -1 for those themselves
        Array.Fill(scores, rule == PermutationRule.MaxMin ? int.MaxValue : 0);
        var chosen = new Vector128<byte>[count];
        var next = first;
        for (var i = 0; i < count; i++)
        {
            (chosen[i], scores[next]) = (all[next], -1);
            next = Furthest(all, scores, chosen[i], rule);
        }

        return new(chosen, tiles);
    }

    /// <summary>Number of permutations of some tiles.</summary>
    /// <param name="tiles">From 2 to 9.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are fewer or more.</exception>
    public static int Factorial(int tiles)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tiles, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tiles, 9);

        return Enumerable.Range(1, tiles).Aggregate((product, factor) => product * factor);
    }

    /// <summary>The smallest Hamming distance of two permutations of the set, and the mean over all pairs; 0 for a single one.</summary>
    public (int Min, double Mean) Distances()
    {
        var (min, sum, pairs) = (_tiles, 0L, 0L);
        for (var i = 0; i < _permutations.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var distance = Distance(_permutations[i], _permutations[j]);
                (min, sum, pairs) = (Math.Min(min, distance), sum + distance, pairs + 1);
            }
        }

        return pairs == 0 ? (0, 0) : (min, (double)sum / pairs);
    }

    /// <summary>The permutations, [P, T] int64: entry t is the tile that comes to place t.</summary>
    public Tensor ToTensor() =>
        tensor([.. _permutations.SelectMany(row => Enumerable.Range(0, _tiles).Select(place => (long)row[place]))], [_permutations.Length, _tiles]);

    private static int Furthest(Vector128<byte>[] all, int[] scores, Vector128<byte> last, PermutationRule rule)
    {
        var (best, furthest) = (-1, 0);
        for (var i = 0; i < all.Length; i++)
        {
            if (scores[i] < 0)
            {
                continue;
            }

            var distance = Distance(all[i], last);
            scores[i] = rule == PermutationRule.MaxMin ? Math.Min(scores[i], distance) : scores[i] + distance;
            if (scores[i] > best)
            {
                (best, furthest) = (scores[i], i);
            }
        }

        return furthest;
    }

    private static int Distance(Vector128<byte> a, Vector128<byte> b) => Lanes - BitOperations.PopCount(Vector128.Equals(a, b).ExtractMostSignificantBits());

    private static Vector128<byte>[] InLexicographicOrder(int tiles)
    {
        var all = new Vector128<byte>[Factorial(tiles)];
        var row = new byte[Lanes];
        for (var tile = 0; tile < tiles; tile++)
        {
            row[tile] = (byte)tile;
        }

        for (var i = 0; i < all.Length; i++)
        {
            all[i] = Vector128.Create(row);
            Advance(row.AsSpan(0, tiles));
        }

        return all;
    }

    /// <summary>Makes of a permutation the next one; the last stays.</summary>
    private static void Advance(Span<byte> row)
    {
        var pivot = row.Length - 2;
        while (pivot >= 0 && row[pivot] > row[pivot + 1])
        {
            pivot--;
        }

        if (pivot < 0)
        {
            return;
        }

        var other = row.Length - 1;
        while (row[other] < row[pivot])
        {
            other--;
        }

        (row[pivot], row[other]) = (row[other], row[pivot]);
        row[(pivot + 1)..].Reverse();
    }
}
