namespace Parallax.Host.Configuration;

/// <summary>What the norm is taken over that clipping bounds.</summary>
public enum ClippedNorm
{
    /// <summary>All gradients together: their directions stay.</summary>
    All,

    /// <summary>The gradient of each parameter tensor by itself.</summary>
    Tensor,
}
