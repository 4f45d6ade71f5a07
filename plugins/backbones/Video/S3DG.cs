namespace Parallax.Plugins.Backbones;

/// <summary>S3D-G: S3D with a gate behind every branch; 1024 features at width 1.</summary>
/// <inheritdoc cref="S3DNetwork" path="/remarks"/>
/// <param name="options">Width, normalisation.</param>
/// <param name="run">Gives the channels of the clips.</param>
[Plugin("s3d-g", Options = typeof(S3DOptions), Summary = "S3D with gates behind every branch, 1024 features.", Family = "video",
    Paper = "Rethinking Spatiotemporal Feature Learning: Speed-Accuracy Trade-offs in Video Classification", Authors = "Xie et al.", Venue = "ECCV",
    Year = 2018, ArXiv = "1712.04851")]
public sealed class S3DG(S3DOptions options, RunInfo run) : S3DNetwork(nameof(S3DG), isGated: true, options, run), IBackbone;
