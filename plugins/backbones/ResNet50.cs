namespace Parallax.Plugins.Backbones;

/// <summary>ResNet-50: sixteen three-layer blocks; 2048 features at width 1.</summary>
/// <inheritdoc cref="ResNet" path="/remarks"/>
/// <param name="options">Stem, normalisation, width.</param>
/// <param name="run">Gives the channels of the images.</param>
[Plugin("resnet50", Options = typeof(ResNetOptions), Summary = "Residual network of 50 layers, 2048 features.", Family = "resnet",
    Paper = "Deep Residual Learning for Image Recognition", Authors = "He, Zhang, Ren, Sun", Venue = "CVPR", Year = 2016, ArXiv = "1512.03385")]
public sealed class ResNet50(ResNetOptions options, RunInfo run) : ResNet(nameof(ResNet50), new(64, [3, 4, 6, 3], Bottleneck: true), options, run), IBackbone;
