namespace Parallax.Host.Processes;

/// <summary>Exit codes of the program.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Something nobody expected.</summary>
    public const int Crash = 1;

    /// <summary>Something the user can correct.</summary>
    public const int UserError = 2;

    /// <summary>Another process of the run is gone.</summary>
    public const int LostProcess = 3;

    /// <summary>Stopped or cancelled on request.</summary>
    public const int Stopped = 130;
}
