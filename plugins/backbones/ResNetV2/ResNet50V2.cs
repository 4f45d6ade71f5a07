namespace Parallax.Plugins.Backbones;

/// <summary>ResNet-50 with pre-activation: sixteen three-layer blocks; 2048 features at width 1.</summary>
/// <inheritdoc cref="ResNetV2" path="/remarks"/>
/// <param name="options">Stem, normalisation, width.</param>
/// <param name="run">Gives the channels of the images.</param>
[Plugin("resnet50-v2", Options = typeof(ResNetV2Options), Summary = "Residual network of 50 layers with pre-activation, 2048 features.", Family = "resnet",
    Paper = "Identity Mappings in Deep Residual Networks", Authors = "He, Zhang, Ren, Sun", Venue = "ECCV", Year = 2016, ArXiv = "1603.05027")]
public sealed class ResNet50V2(ResNetV2Options options, RunInfo run)
    : ResNetV2(nameof(ResNet50V2), [3, 4, 6, 3], isBottleneck: true, options, run), IBackbone;
