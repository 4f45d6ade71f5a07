namespace Parallax.Plugins.Evaluators;

/// <summary>Products of rows with each other. Machines for all classes that learn from the same rows share it, and so do those of cross-validation.</summary>
internal sealed class GramMatrix
{
    private const int MostRows = 6000;   // 288 MB of float64, in all matrices at a time; twice that while they are computed

    private readonly FeatureRows _rows;
    private readonly int[] _members;
    private readonly double[] _products;
    private readonly Dictionary<int, int> _places;

    private GramMatrix(FeatureRows rows, int[] members)
    {
        (_rows, _members, _products) = (rows, members, rows.Products(members));
        _places = members.Index().ToDictionary(item => item.Item, item => item.Index);
    }

    /// <summary>The products of some rows; null where there are more of them than numbers in a row, which makes the rows themselves faster.</summary>
    /// <param name="rows">Features.</param>
    /// <param name="members">The rows, each once.</param>
    public static GramMatrix? Of(FeatureRows rows, IReadOnlyList<int> members) =>
        Fits(rows, members.Count) ? new(rows, [.. members]) : null;

    /// <summary>How many matrices may be in memory at a time, so that all of them take no more than the largest single one may.</summary>
    /// <param name="rows">Features.</param>
    /// <param name="counts">Number of rows of each; those too large for a matrix have none.</param>
    public static int AtOnce(FeatureRows rows, IEnumerable<int> counts)
    {
        long largest = counts.Where(count => Fits(rows, count)).DefaultIfEmpty().Max();

        return largest == 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, (long)MostRows * MostRows / (largest * largest));
    }

    /// <summary>Number of rows n.</summary>
    public int Count => _members.Length;

    /// <summary>Place of a row of the features here.</summary>
    public int Place(int row) => _places[row];

    /// <summary>Products of a row with all.</summary>
    /// <param name="place">Its place.</param>
    /// <returns>[n].</returns>
    public ReadOnlySpan<double> Row(int place) => _products.AsSpan(place * Count, Count);

    /// <summary>The sum of multiples of rows.</summary>
    /// <param name="factors">One for each row.</param>
    /// <returns>[F + 1].</returns>
    public double[] Sum(double[] factors)
    {
        var sum = new double[_rows.Width];
        for (var place = 0; place < factors.Length; place++)
        {
            if (factors[place] != 0)
            {
                _rows.AddTo(sum, _members[place], factors[place]);
            }
        }

        return sum;
    }

    private static bool Fits(FeatureRows rows, int count) => count <= Math.Min(MostRows, rows.Width);
}
