namespace Parallax.Host.Embeddings;

/// <summary>Finds images whose features have a cosine at or above a threshold, or whose pixels are the same, by comparing all of them.</summary>
internal static class NearCopies
{
    private const double Rounding = 1e-6;   // a cosine of 1 in float32 may be below 1 by less
    private const long NumbersPerPart = 1 << 20;

    /// <summary>Groups of images that are near-copies of each other, directly or through others.</summary>
    /// <param name="set">Images.</param>
    /// <param name="against">Images of a second file, of which only pairs with one of the first count; null looks within the first.</param>
    /// <param name="above">Least cosine of a pair, up to rounding.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>The largest group first; of equal ones, that of the first image.</returns>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static IReadOnlyList<CopyGroup> Find(EmbeddingSet set, EmbeddingSet? against, double above, CancellationToken stop)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var links = new Links(set, against);
        var bank = set.Units();                                          // [M, F]
        var queries = against?.Units() ?? bank;                          // [N, F]
        var offset = against is null ? 0 : set.Count;
        SimilarRows.ForEach(queries, bank, (start, similarities) =>      // [n, M]
        {
            var step = Math.Max(1, NumbersPerPart / similarities.shape[1]);   // all may be pairs, and a pair takes three times the memory of a number
            for (long first = 0; first < similarities.shape[0]; first += step)
            {
                stop.ThrowIfCancellationRequested();
                using var part = torch.NewDisposeScope();
                var some = similarities.narrow(0, first, Math.Min(step, similarities.shape[0] - first));   // [s, M]
                Link(links, some, above - Rounding, start + first, offset);
            }
        });

        return links.Groups();
    }

    // Of rows [s, M], the first of which is query number 'start'; of one file, each pair once.
    private static void Link(Links links, Tensor similarities, double least, long start, int offset)
    {
        var isNear = similarities.ge(least);                             // [s, M]
        var isPair = offset > 0 ? isNear : isNear.tril(start - 1);       // [s, M]
        var pairs = isPair.nonzero();                                    // [p, 2]
        if (pairs.shape[0] == 0)   // TorchSharp cannot copy a tensor without numbers
        {
            return;
        }

        var (places, values) = (pairs.data<long>().ToArray(), similarities.masked_select(isPair).data<float>().ToArray());   // [p, 2], [p]
        for (var pair = 0; pair < values.Length; pair++)
        {
            links.Add((int)places[(2 * pair) + 1], offset + (int)(start + places[2 * pair]), Math.Clamp(values[pair], -1, 1));   // rounding goes beyond
        }
    }

    /// <summary>The pairs found so far, as groups. Rows of the second file are counted behind those of the first.</summary>
    private sealed class Links
    {
        private readonly EmbeddingSet _set;
        private readonly EmbeddingSet? _against;
        private readonly DisjointSets _groups;
        private readonly float[] _nearest;
        private readonly bool[] _isExact;

        public Links(EmbeddingSet set, EmbeddingSet? against)
        {
            var count = set.Count + (against?.Count ?? 0);
            (_set, _against, _groups, _isExact) = (set, against, new(count), new bool[count]);
            _nearest = new float[count];
            Array.Fill(_nearest, float.NegativeInfinity);
            AddSamePixels();
        }

        public void Add(int one, int other, float similarity)
        {
            _groups.Join(one, other);
            _nearest[one] = Math.Max(_nearest[one], similarity);
            _nearest[other] = Math.Max(_nearest[other], similarity);
        }

        public IReadOnlyList<CopyGroup> Groups() =>
        [
            .. Enumerable.Range(0, _nearest.Length).Where(image => _nearest[image] > float.NegativeInfinity).GroupBy(_groups.Find)
                .OrderByDescending(group => group.Count()).ThenBy(group => group.Key)
                .Select((group, number) => new CopyGroup(number + 1, [.. group.Select(Describe)])),
        ];

        // Whatever the network makes of them. The features of the same pixels are the same, up to rounding.
        private void AddSamePixels()
        {
            if (_set.Contents is not { } contents || (_against is not null && _against.Contents is null))
            {
                return;
            }

            var all = contents.Concat(_against?.Contents ?? []).Select((content, image) => (content, image));
            foreach (var group in all.GroupBy(one => one.content, one => one.image).Select(group => group.ToList()))
            {
                if (group.Count > 1 && (_against is null || (group[0] < _set.Count && group[^1] >= _set.Count)))
                {
                    foreach (var image in group)
                    {
                        Add(group[0], image, 1);
                        _isExact[image] = true;
                    }
                }
            }
        }

        private CopyMember Describe(int image)
        {
            var (set, row) = image < _set.Count ? (_set, image) : (_against!, image - _set.Count);

            return new(set.File, set.Names[row], set.Classes[row], Math.Min(1, _nearest[image]), _isExact[image]);
        }
    }
}

/// <summary>Images that are near-copies of each other.</summary>
/// <param name="Group">Number of the group, from 1.</param>
/// <param name="Images">Two or more, in the order of the files and their rows.</param>
internal sealed record CopyGroup(int Group, IReadOnlyList<CopyMember> Images);

/// <summary>An image of a group.</summary>
/// <param name="File">The file of embeddings that it is from.</param>
/// <param name="Name">Its name.</param>
/// <param name="Class">Its class; empty without.</param>
/// <param name="Cosine">Cosine with the image of the group that is nearest to it.</param>
/// <param name="SamePixels">Whether the pixels of another one are the same.</param>
internal sealed record CopyMember(string File, string Name, string Class, double Cosine, bool SamePixels);
