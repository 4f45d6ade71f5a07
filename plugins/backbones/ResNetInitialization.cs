namespace Parallax.Plugins.Backbones;

/// <summary>Initial weights of residual networks, as torchvision draws them.</summary>
internal static class ResNetInitialization
{
    /// <summary>Draws all convolutions anew; normalisation layers already start with scale 1 and shift 0.</summary>
    /// <param name="network">The whole network.</param>
    /// <param name="zeroInitResidual">Whether the last normalisation of each block starts with scale 0.</param>
    public static void Apply(Module network, bool zeroInitResidual)
    {
        foreach (var module in network.modules())
        {
            switch (module)
            {
                case Conv2d convolution:
                    init.kaiming_normal_(convolution.weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
                    break;
                case BasicBlock { LastNorm: var norm } when zeroInitResidual:
                    init.zeros_(norm.get_parameter("weight")!);
                    break;
                case Bottleneck { LastNorm: var norm } when zeroInitResidual:
                    init.zeros_(norm.get_parameter("weight")!);
                    break;
            }
        }
    }
}
