namespace Parallax.Plugins.Backbones;

/// <summary>ResNet-20 for small images: 9 two-layer blocks; 64 features at width 1.</summary>
/// <remarks>
/// He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2, https://arxiv.org/abs/1512.03385: 6n + 2 layers, one 3x3 convolution,
/// three stages of 16, 32 and 64 channels, shortcuts of option A, which have no parameters (every second pixel, missing channels zero). Names follow
/// torchvision's ResNets: <c>conv1</c>, <c>bn1</c>, <c>layer1.0.conv1</c>, ... Convolutions are drawn from N(0, 2 / fan-out), as in torchvision.
/// </remarks>
/// <param name="options">Normalisation, width.</param>
/// <param name="run">Gives the channels of the images.</param>
[Plugin("resnet20", Options = typeof(SmallResNetOptions), Summary = "Small residual network of 20 layers for images of about 32 pixels, 64 features.",
    Family = "resnet", Paper = "Deep Residual Learning for Image Recognition", Authors = "He, Zhang, Ren, Sun", Venue = "CVPR", Year = 2016,
    ArXiv = "1512.03385")]
public sealed class ResNet20(SmallResNetOptions options, RunInfo run)
    : ResNet(nameof(ResNet20), new(16, [3, 3, 3], ProjectsShortcuts: false), options.General, run), IBackbone;
