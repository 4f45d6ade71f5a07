using Parallax.Contracts;

namespace Parallax.Plugins.Backbones;

/// <summary>ResNet-20 for small images: 9 two-layer blocks; 64 features at width 1.</summary>
/// <inheritdoc cref="SmallResNet" path="/remarks"/>
/// <param name="options">Normalisation, width.</param>
/// <param name="run">Gives the channels of the images.</param>
[Plugin("resnet20", Options = typeof(SmallResNetOptions), Summary = "Small residual network of 20 layers for images of about 32 pixels, 64 features.",
    Family = "resnet", Paper = "Deep Residual Learning for Image Recognition", Authors = "He, Zhang, Ren, Sun", Venue = "CVPR", Year = 2016,
    ArXiv = "1512.03385")]
public sealed class ResNet20(SmallResNetOptions options, RunInfo run) : SmallResNet(nameof(ResNet20), blocksPerStage: 3, options, run), IBackbone;
