namespace Parallax.Engine;

/// <summary>What carries tensors between processes.</summary>
public enum CollectiveBackend
{
    /// <summary>Gloo over TCP, for CPU tensors.</summary>
    Gloo = 0,

    /// <summary>NCCL, for CUDA tensors; one device per process.</summary>
    Nccl = 1,
}
