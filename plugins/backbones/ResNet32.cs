namespace Parallax.Plugins.Backbones;

/// <summary>ResNet-32 for small images: 15 two-layer blocks; 64 features at width 1.</summary>
/// <inheritdoc cref="ResNet20" path="/remarks"/>
/// <param name="options">Normalisation, width.</param>
/// <param name="run">Gives the channels of the images.</param>
[Plugin("resnet32", Options = typeof(SmallResNetOptions), Summary = "Small residual network of 32 layers for images of about 32 pixels, 64 features.",
    Family = "resnet", Paper = "Deep Residual Learning for Image Recognition", Authors = "He, Zhang, Ren, Sun", Venue = "CVPR", Year = 2016,
    ArXiv = "1512.03385")]
public sealed class ResNet32(SmallResNetOptions options, RunInfo run)
    : ResNet(nameof(ResNet32), new(16, [5, 5, 5], ProjectsShortcuts: false), options.General, run), IBackbone;
