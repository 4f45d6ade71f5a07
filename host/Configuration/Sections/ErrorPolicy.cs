namespace Parallax.Host.Configuration;

/// <summary>What happens when a sample cannot be read.</summary>
public enum ErrorPolicy
{
    /// <summary>It is left out, counted and named.</summary>
    Skip,

    /// <summary>The run ends.</summary>
    Stop,
}
