namespace Parallax.Plugins.Backbones;

/// <summary>ResNet-18 with pre-activation: eight two-layer blocks; 512 features at width 1.</summary>
/// <inheritdoc cref="ResNetV2" path="/remarks"/>
/// <param name="options">Stem, normalisation, width.</param>
/// <param name="run">Gives the channels of the images.</param>
[Plugin("resnet18-v2", Options = typeof(ResNetV2Options), Summary = "Residual network of 18 layers with pre-activation, 512 features.", Family = "resnet",
    Paper = "Identity Mappings in Deep Residual Networks", Authors = "He, Zhang, Ren, Sun", Venue = "ECCV", Year = 2016, ArXiv = "1603.05027")]
public sealed class ResNet18V2(ResNetV2Options options, RunInfo run)
    : ResNetV2(nameof(ResNet18V2), [2, 2, 2, 2], isBottleneck: false, options, run), IBackbone;
