using Parallax.Host.Cli;
using Parallax.Host.Distributed;
using Parallax.Host.Terminal;

namespace Parallax.Host.Tests.Distributed;

/// <summary>What mpirun of Open MPI 4.1.4 said, word for word.</summary>
public sealed class MpirunMessagesTests
{
    private const string Rule = "--------------------------------------------------------------------------";

    private const string Killed = $"""
        {Rule}
        Primary job  terminated normally, but 1 process returned
        a non-zero exit code. Per user-direction, the job has been aborted.
        {Rule}
        {Rule}
        mpirun noticed that process rank 1 with PID 0 on node gpu07 exited on signal 9 (Killed).
        {Rule}
        """;

    private const string Failed = $"""
        {Rule}
        mpirun detected that one or more processes exited with non-zero status, thus causing
        the job to be terminated. The first process to do so was:

          Process name: [[30158,1],2]
          Exit code:    3
        {Rule}
        """;

    [Fact]
    public void Read_ProcessKilled_TellsRankAndSignalAndShowsNothing()
    {
        var (exit, shown) = Read(Killed, code: 137);

        Assert.Equal(new(1, 137), exit);
        Assert.Equal("was killed by signal 9 (SIGKILL, as the kernel does when memory runs out)", exit.Cause);
        Assert.Equal("", shown);
    }

    [Fact]
    public void Read_ProcessFailed_TellsRankAndCode()
    {
        var (exit, shown) = Read(Failed, code: 3);

        Assert.Equal((new(2, 3), "ended with exit code 3"), (exit, exit.Cause));
        Assert.Equal("", shown);
    }

    [Fact]
    public void Read_TwoEnded_BlamesTheFirst() => Assert.Equal(2, Read($"{Failed}\n{Killed}", code: 3).Exit.Rank);

    [Fact]
    public void Read_AnythingElse_IsShown()
    {
        var (exit, shown) = Read($"a warning\n{Rule}\nThere are not enough slots available in the system\n{Rule}\n[rank 1] another\n{Rule}\ncut off", code: 1);

        Assert.Equal(new(null, 1), exit);
        Assert.Equal("a warning\nThere are not enough slots available in the system\n[rank 1] another\ncut off\n", shown);
    }

    [Fact]
    public void End_Success_BlamesNobody() => Assert.Equal(new(null, 0), Read("", code: 0).Exit);

    private static (RankExit Exit, string Shown) Read(string text, int code)
    {
        var error = new StringWriter { NewLine = "\n" };
        var messages = new MpirunMessages(new CliOutput(TextWriter.Null, error, isTerminal: false));
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            messages.Read(line);
        }

        return (messages.End(code), error.ToString());
    }
}
