namespace Parallax.Plugins.Evaluators;

/// <summary>The classifier on the pooled map of one layer: linear, or with hidden layers.</summary>
internal static class ProbeHead
{
    /// <summary>How the names of the biases of linear layers end, hidden ones included.</summary>
    public const string Bias = "linear.bias";

    private const double InitialStd = 0.01;

    /// <summary>Makes one: batch normalisation of the map, hidden layers, a linear layer with weights from N(0, 0.01²).</summary>
    /// <remarks>Weights of hidden layers start from N(0, 2 / fan-out), as in RotNet's code; biases from 0.</remarks>
    /// <param name="channels">Channels of the map.</param>
    /// <param name="side">Side of the map.</param>
    /// <param name="classes">Classes that are told apart.</param>
    /// <param name="options">Normalisation and hidden layers.</param>
    /// <returns>From [N, channels, side, side] to [N, classes].</returns>
    public static Module<Tensor, Tensor> Of(int channels, int side, int classes, PerLayerOptions options)
    {
        var width = (long)channels * side * side;
        var modules = new List<(string, Module<Tensor, Tensor>)>();
        if (options.Norm != MapNorm.None)
        {
            modules.Add(("norm", BatchNorm2d(channels, affine: options.Norm == MapNorm.Affine)));
        }

        modules.Add(("flatten", Flatten()));
        foreach (var (place, hidden) in options.Hidden.Index())
        {
            modules.Add(($"hidden{place + 1}", Hidden(width, hidden, options)));
            width = hidden;
        }

        var layer = Linear(width, classes);
        init.normal_(layer.weight!, 0, InitialStd);
        init.zeros_(layer.bias!);
        modules.Add(("linear", layer));

        return Sequential(modules);
    }

    private static Module<Tensor, Tensor> Hidden(long width, int hidden, PerLayerOptions options)
    {
        var layer = Linear(width, hidden, hasBias: !options.HiddenNorm);
        init.normal_(layer.weight!, 0, Math.Sqrt(2.0 / hidden));
        var modules = new List<(string, Module<Tensor, Tensor>)> { ("linear", layer) };
        if (layer.bias is { } bias)
        {
            init.zeros_(bias);
        }
        else
        {
            modules.Add(("norm", BatchNorm1d(hidden)));
        }

        modules.Add(("relu", ReLU()));
        if (options.Dropout > 0)
        {
            modules.Add(("dropout", Dropout(options.Dropout)));
        }

        return Sequential(modules);
    }
}
