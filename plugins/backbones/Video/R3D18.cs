namespace Parallax.Plugins.Backbones;

/// <summary>R3D-18: eight two-layer blocks of 3D convolutions; 512 features at width 1.</summary>
/// <inheritdoc cref="VideoResNet" path="/remarks"/>
/// <param name="options">Form, width.</param>
/// <param name="run">Gives the channels of the clips.</param>
[Plugin("r3d-18", Options = typeof(R3DOptions), Summary = "Residual network of 18 layers for clips, 512 features.", Family = "video",
    Paper = "A Closer Look at Spatiotemporal Convolutions for Action Recognition", Authors = "Tran et al.", Venue = "CVPR", Year = 2018,
    ArXiv = "1711.11248")]
public sealed class R3D18(R3DOptions options, RunInfo run)
    : VideoResNet(nameof(R3D18), VideoResNetShapes.R3D(options.Form, [2, 2, 2, 2]), options.General, run), IBackbone;
