namespace Parallax.Plugins.Parts;

/// <summary>First weights of all linear layers of a network.</summary>
public static class LinearLayers
{
    /// <summary>Weights by Glorot's uniform rule, biases 0: as in the code of MAE and its successors.</summary>
    /// <remarks>Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010, equation (16).</remarks>
    /// <param name="network">Any network; layers of other kinds keep their weights.</param>
    public static void StartByGlorot(Module network)
    {
        foreach (var linear in network.modules().OfType<Linear>())
        {
            init.xavier_uniform_(linear.weight!);
            if (linear.bias is { } bias)
            {
                init.zeros_(bias);
            }
        }
    }
}
