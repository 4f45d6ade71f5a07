namespace Parallax.Host.Configuration;

/// <summary>What a run does whose tracking server does not answer at the start.</summary>
public enum UnreachablePolicy
{
    /// <summary>Begin on disk, and send everything when the server answers.</summary>
    Offline,

    /// <summary>Stop with a message.</summary>
    Fail,
}
