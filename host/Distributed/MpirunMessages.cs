using System.Globalization;
using System.Text.RegularExpressions;

namespace Parallax.Host.Distributed;

/// <summary>Reads what mpirun and its processes say on stderr: passes it on, and keeps what mpirun tells of the first process that ended badly.</summary>
/// <remarks>mpirun's own messages stand between two rules. Those about ended processes are not shown: the user gets them in one sentence.</remarks>
internal sealed partial class MpirunMessages(CliOutput output)
{
    private List<string>? _block;
    private RankExit? _first;

    /// <summary>Takes the next line.</summary>
    public void Read(string line)
    {
        if (!Rule().IsMatch(line))
        {
            Add(line);
        }
        else if (_block is null)
        {
            _block = [];
        }
        else
        {
            Understand(string.Join('\n', _block));
            _block = null;
        }
    }

    /// <summary>How the processes ended, when there is nothing more to read.</summary>
    /// <param name="code">Exit code of mpirun.</param>
    public RankExit End(int code)
    {
        _block?.ForEach(output.Error);

        return code == 0 ? new(null, 0) : _first ?? new(null, code);
    }

    private void Add(string line)
    {
        if (_block is null)
        {
            output.Error(line);
        }
        else
        {
            _block.Add(line);
        }
    }

    private void Understand(string message)
    {
        if (Signal().Match(message) is { Success: true } killed)
        {
            _first ??= new(Number(killed, "rank"), RankExit.Signals + Number(killed, "signal"));
        }
        else if (ExitCode().Match(message) is { Success: true } ended)
        {
            _first ??= new(Number(ended, "rank"), Number(ended, "code"));
        }
        else if (!message.Contains("a non-zero exit code", StringComparison.Ordinal))
        {
            output.Error(message);
        }
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("^-{60,}$")]
    private static partial Regex Rule();

    [GeneratedRegex(@"process rank (?<rank>\d+) with PID \d+ on node \S+\s+exited on\s+signal (?<signal>\d+)")]
    private static partial Regex Signal();

    [GeneratedRegex(@"Process name: \[.*,\s*(?<rank>\d+)\]\s+Exit code:\s+(?<code>\d+)")]
    private static partial Regex ExitCode();
}
