namespace Parallax.Torch;

/// <summary>Kinds of device, numbered as libtorch does.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    XPU = 12,
    MPS = 13,
    META = 14,
}
