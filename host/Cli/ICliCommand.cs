using System.CommandLine;

namespace Parallax.Host.Cli;

/// <summary>One command of the command line, in one file. Register it as a service; its dependencies are <see cref="Lazy{T}"/>, so that help and parsing cost
/// nothing.</summary>
public interface ICliCommand
{
    /// <summary>Lines a user can copy, shown by <c>--help</c>; at least one.</summary>
    IReadOnlyList<string> Examples { get; }

    /// <summary>Name, arguments, options and action. The action returns the exit code and lets exceptions through.</summary>
    Command Build();
}
