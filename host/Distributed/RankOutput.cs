using System.Text;

namespace Parallax.Host.Distributed;

/// <summary>Where this process prints, when it may be one of several: of other ranks than 0 only warnings and errors show, behind their rank.</summary>
internal static class RankOutput
{
    /// <summary>Standard output and standard error of this process.</summary>
    public static CliOutput Create()
    {
        var environment = ProcessEnvironment.Alone;
        try
        {
            environment = ProcessEnvironment.Read();
        }
        catch (ConfigurationException)
        {
            // The command that needs the variables says what is wrong with them.
        }

        // mpirun gives a process something that looks like a terminal, whatever its own output is.
        var isTerminal = environment.IsRank ? environment is { Rank: 0, IsOnTerminal: true } : !Console.IsOutputRedirected;

        var error = environment.Rank > 0 ? new Prefixed(Console.Error, $"[rank {environment.Rank}] ") : Console.Error;

        // Where there are several, what they write meets in one place, which none of them sees.
        return new(Console.Out, error, isTerminal, () => environment.IsRank || !isTerminal || Console.IsErrorRedirected ? null
            : LiveScreen.Find(Environment.GetEnvironmentVariable));
    }

    private sealed class Prefixed(TextWriter inner, string prefix) : TextWriter
    {
        public override Encoding Encoding => inner.Encoding;

        public override void Write(char value) => inner.Write(value);

        public override void WriteLine(string? value) => inner.WriteLine(prefix + value);
    }
}
