namespace Parallax.Plugins.Backbones;

/// <summary>The stack of small convolutions that replaces a patch projection.</summary>
/// <remarks>
/// Xiao et al., "Early Convolutions Help Transformers See Better", NeurIPS 2021, section 3, https://arxiv.org/abs/2106.14881: 3x3 convolutions without bias,
/// each with batch normalisation and ReLU, then one 1x1 convolution with bias and neither. State-dictionary names are MoCo v3's: numbers in a
/// <c>Sequential</c>.
/// </remarks>
public static class ConvolutionalStem
{
    /// <summary>Makes a stem with PyTorch's default initialisation.</summary>
    /// <param name="channels">Channels C of the images.</param>
    /// <param name="layers">Outputs and stride of each 3x3 convolution.</param>
    /// <param name="width">Width D of the tokens.</param>
    public static Sequential Create(long channels, IEnumerable<(int Outputs, int Stride)> layers, long width)
    {
        var modules = new List<Module<Tensor, Tensor>>();
        foreach (var (outputs, stride) in layers)
        {
            modules.AddRange([Conv2d(channels, outputs, 3, stride: stride, padding: 1, bias: false), BatchNorm2d(outputs), ReLU()]);
            channels = outputs;
        }

        return Sequential([.. modules, Conv2d(channels, width, 1)]);
    }

    /// <summary>Draws the weights as the paper's code: deviation sqrt(2 / outputs) for 3x3, sqrt(1 / outputs) for 1x1, without a term for the area of the
    /// kernel.</summary>
    internal static void Initialise(Sequential stem)
    {
        foreach (var convolution in stem.modules().OfType<Conv2d>())
        {
            var outputs = convolution.weight!.shape[0];
            init.normal_(convolution.weight!, 0, Math.Sqrt((convolution.bias is null ? 2.0 : 1.0) / outputs));
            if (convolution.bias is { } bias)
            {
                init.zeros_(bias);
            }
        }
    }
}
