namespace Parallax.Host.Reports;

/// <summary>The directions in which rows differ most.</summary>
internal static class PrincipalComponents
{
    /// <summary>Finds them.</summary>
    /// <param name="rows">[N, F] float32.</param>
    /// <returns>Where each row lies along the first two, and the singular values of the rows around their mean, the largest first.</returns>
    public static (IReadOnlyList<(double X, double Y)> Places, IReadOnlyList<double> Singular) Of(Tensor rows)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var centred = (rows - rows.mean([0], keepdim: true)).to(torch.float64);                     // [N, F]
        var (left, values, _) = torch.linalg.svd(centred, fullMatrices: false);                     // [N, R], [R]
        var singular = values.data<double>().ToArray();
        var places = (left * values).contiguous();                                                  // [N, R]
        var numbers = places.data<double>().ToArray();
        var (first, second) = (Column(0), Column(1));

        return ([.. first.Zip(second)], singular);

        // The sign of a direction is arbitrary: the row that lies farthest out is on the positive side.
        double[] Column(int component)
        {
            var count = (int)rows.shape[0];
            if (component >= singular.Length)
            {
                return new double[count];
            }

            double[] column = [.. Enumerable.Range(0, count).Select(row => numbers[(row * singular.Length) + component])];

            return column.MaxBy(Math.Abs) < 0 ? Array.ConvertAll(column, value => -value) : column;
        }
    }
}
