namespace Parallax.Host.Configuration;

/// <summary>What happens when the embeddings collapse.</summary>
public enum CollapsePolicy
{
    /// <summary>A line says so, with a cause and a suggestion; training goes on.</summary>
    Warn,

    /// <summary>The run ends there, as failed.</summary>
    Stop,
}
