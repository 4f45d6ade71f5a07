namespace Parallax.Torch;

/// <summary>Order of a tensor's elements in memory.</summary>
public enum memory_format
{
    contiguous_format = 0,
    preserve_format = 1,
    channels_last = 2,
    channels_last_3d = 3,
}
