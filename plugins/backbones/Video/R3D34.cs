namespace Parallax.Plugins.Backbones;

/// <summary>R3D-34: sixteen two-layer blocks of 3D convolutions; 512 features at width 1.</summary>
/// <inheritdoc cref="VideoResNet" path="/remarks"/>
/// <param name="options">Form, width.</param>
/// <param name="run">Gives the channels of the clips.</param>
[Plugin("r3d-34", Options = typeof(R3DOptions), Summary = "Residual network of 34 layers for clips, 512 features.", Family = "video",
    Paper = "Can Spatiotemporal 3D CNNs Retrace the History of 2D CNNs and ImageNet?", Authors = "Hara, Kataoka, Satoh", Venue = "CVPR", Year = 2018,
    ArXiv = "1711.09577")]
public sealed class R3D34(R3DOptions options, RunInfo run)
    : VideoResNet(nameof(R3D34), VideoResNetShapes.R3D(options.Form, [3, 4, 6, 3]), options.General, run), IBackbone;
