namespace Parallax.Host.Verification;

/// <summary>How a recipe is checked.</summary>
/// <param name="Steps">Optimizer steps of each course, at least 2.</param>
/// <param name="Processes">Processes that are compared with one, at least 2.</param>
/// <param name="Arguments">The command line of this program, which is given to each of the processes with <see cref="Into"/> and a folder behind it.</param>
internal sealed record VerificationRequest(int Steps, int Processes, IReadOnlyList<string> Arguments)
{
    /// <summary>The option that lets a process train and write what that did into a folder.</summary>
    public const string Into = "--into";
}
