namespace Parallax.Plugins.Parts;

/// <summary><see cref="LogSumExp"/> of a batch over itself on the CPU: the matrix is symmetric, so half of it is computed, for the sums and again for the
/// gradient.</summary>
/// <remarks>
/// With e_ij = exp(z_i·z_j / T) = e_ji and S_i its row sums, L_i = log S_i. The gradient to z_i has two parts, from z_i as row and as key:
/// 1 / T times the sum over j of (g_i / S_i + g_j / S_j) e_ij z_j. The weights are symmetric too: a tile of them serves its rows and its columns.
/// </remarks>
internal sealed class SymmetricLogSumExp : CustomFunction<SymmetricLogSumExp>
{
    private const double LargestLog = 60;   // of a row's sum: far from both ends of float32

    /// <summary>Whether pairs and their mirror images are left out together.</summary>
    public static bool Fits(IReadOnlyList<Diagonal> leftOut) => leftOut.All(piece => leftOut.Contains(piece.Transposed));

    /// <summary>Computes it; null where exponentials come near the ends of float32, at small temperatures.</summary>
    /// <param name="z">[N, D] float32, rows of length one.</param>
    /// <param name="temperature">Divisor T of the dot products.</param>
    /// <param name="leftOut">Pairs that do not count, see <see cref="Fits"/>.</param>
    /// <returns>[N] float32.</returns>
    public static Tensor? TryRun(Tensor z, double temperature, IReadOnlyList<Diagonal> leftOut)
    {
        using var scope = NewDisposeScope();
        var differentiates = z.requires_grad && is_grad_enabled();
        using var kept = differentiates ? SymmetricTiles.RoomFor(z.shape[0]) : empty([0, 0]);
        var sums = Sums(new(z, temperature, leftOut, kept));   // [N]
        if (!(sums.log().abs().max().item<float>() <= LargestLog))   // not for NaN either
        {
            return null;
        }

        return (differentiates ? apply(z, sums, kept, temperature, leftOut) : sums.log()).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override Tensor Compute(autograd.AutogradContext context, object[] inputs)
    {
        context.set_materialize_grads(false);   // TorchSharp keeps a tensor like the result for that, and the scope of TryRun ends its life
        context.save_data(nameof(SymmetricTiles.Temperature), inputs[3]);
        context.save_data(nameof(SymmetricTiles.LeftOut), inputs[4]);
        context.save_for_backward([(Tensor)inputs[0], (Tensor)inputs[1], (Tensor)inputs[2]]);

        return ((Tensor)inputs[1]).log();
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor?> Differentiate(autograd.AutogradContext context, Tensor gradient)
    {
        using var precision = Precision.Float32();
        var temperature = (double)context.get_data(nameof(SymmetricTiles.Temperature));
        var leftOut = (IReadOnlyList<Diagonal>)context.get_data(nameof(SymmetricTiles.LeftOut));
        var saved = context.get_saved_variables();
        var shares = gradient / (saved[1] * temperature);   // [N], g_i / (S_i T)

        return [Gradient(new(saved[0], temperature, leftOut, saved[2]), shares), null, null, null, null];
    }

    private static Tensor Sums(SymmetricTiles tiles)
    {
        using var noGradients = no_grad();
        var sums = zeros(tiles.Z.shape[0]);
        tiles.ForEach(isFirst: true, (rows, columns, tile) =>
        {
            rows.Of(sums).add_(tile.sum([1]));
            if (rows != columns)
            {
                columns.Of(sums).add_(tile.sum([0]));
            }
        });

        return sums;
    }

    private static Tensor Gradient(SymmetricTiles tiles, Tensor shares)
    {
        using var noGradients = no_grad();
        var toZ = zeros_like(tiles.Z);   // [N, D]
        tiles.ForEach(isFirst: false, (rows, columns, tile) =>
        {
            var weights = (rows.Of(shares).unsqueeze(1) + columns.Of(shares)).mul_(tile);   // [n, m]
            rows.Of(toZ).addmm_(weights, columns.Of(tiles.Z), beta: 1, alpha: 1);
            if (rows != columns)
            {
                columns.Of(toZ).addmm_(weights.t(), rows.Of(tiles.Z), beta: 1, alpha: 1);
            }
        });

        return toZ;
    }
}
