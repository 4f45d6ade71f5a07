namespace Parallax.Plugins.Evaluators;

/// <summary>Brings every feature to mean 0 and standard deviation 1 over the training split.</summary>
internal static class Standardizer
{
    private const double SmallestStd = 1e-6;   // below it a feature is constant on the training split: it is only centred

    /// <summary>Standardises both splits with the statistics of the training split.</summary>
    /// <param name="train">[N, F].</param>
    /// <param name="test">[M, F].</param>
    public static (Tensor Train, Tensor Test) Apply(Tensor train, Tensor test)
    {
        var mean = train.mean([0], keepdim: true);                                        // [1, F]
        var centred = train - mean;                                                       // [N, F]
        var std = centred.square().mean([0], keepdim: true).sqrt();                       // [1, F]
        var scale = std.masked_fill(std < SmallestStd, 1);                                // [1, F]

        return (centred / scale, (test - mean) / scale);
    }
}
