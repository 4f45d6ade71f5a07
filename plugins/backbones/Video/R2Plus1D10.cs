namespace Parallax.Plugins.Backbones;

/// <summary>R(2+1)D-10: four two-layer blocks whose convolutions are split into space and time; 512 features at width 1. The network of CSTP.</summary>
/// <remarks>Tran et al., CVPR 2018, https://arxiv.org/abs/1711.11248, in the form of CSTP's code (models/pace/r21d_byol.py): every convolution, shortcuts
/// included, has the channels between that the paper's equation gives.</remarks>
/// <param name="options">Width.</param>
/// <param name="run">Gives the channels of the clips.</param>
[Plugin("r2plus1d-10", Options = typeof(VideoResNetOptions), Summary = "Residual network of 10 layers, split into space and time, 512 features.",
    Family = "video", Paper = "A Closer Look at Spatiotemporal Convolutions for Action Recognition", Authors = "Tran et al.", Venue = "CVPR", Year = 2018,
    ArXiv = "1711.11248")]
public sealed class R2Plus1D10(VideoResNetOptions options, RunInfo run)
    : VideoResNet(nameof(R2Plus1D10), VideoResNetShapes.R2Plus1D(R2Plus1DForm.Cstp, [1, 1, 1, 1]), options, run), IBackbone;
