namespace Parallax.Torch.Modules;

/// <summary>Batch normalisation over [N, C, D, H, W].</summary>
public sealed class BatchNorm3d : BatchNorm
{
    internal BatchNorm3d(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(nameof(BatchNorm3d), 5, 5, num_features, eps, momentum, affine, track_running_stats, device, dtype)
    {
    }
}
