namespace Parallax.Plugins.Backbones;

/// <summary>ResNet-34: sixteen two-layer blocks; 512 features at width 1.</summary>
/// <inheritdoc cref="ResNet" path="/remarks"/>
/// <param name="options">Stem, normalisation, width.</param>
/// <param name="run">Gives the channels of the images.</param>
[Plugin("resnet34", Options = typeof(ResNetOptions), Summary = "Residual network of 34 layers, 512 features.", Family = "resnet",
    Paper = "Deep Residual Learning for Image Recognition", Authors = "He, Zhang, Ren, Sun", Venue = "CVPR", Year = 2016, ArXiv = "1512.03385")]
public sealed class ResNet34(ResNetOptions options, RunInfo run) : ResNet(nameof(ResNet34), new(64, [3, 4, 6, 3]), options, run), IBackbone;
