using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class RunLockTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-lock-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void TryTake_HeldByAnother_IsRefusedUntilThatOneEnds()
    {
        using (RunLock.TryTake(_folder.FullName))
        {
            Assert.Null(RunLock.TryTake(_folder.FullName));
            var fault = Assert.Throws<ConfigurationException>(() => RunLock.Take(_folder.FullName));
            Assert.Contains("Another program writes into", fault.Message, StringComparison.Ordinal);
        }

        using var next = RunLock.TryTake(_folder.FullName);
        Assert.NotNull(next);
    }

    [Fact]
    public void TryTake_HeldByAProgramThatIsEnding_IsTakenWhenItHasEnded()
    {
        var held = RunLock.TryTake(_folder.FullName)!;
        using var taken = RunLock.TryTake(_folder.FullName, TimeSpan.FromMinutes(1), new CountedTime(delay: 3, held.Dispose));

        Assert.NotNull(taken);
    }

    [Fact]
    public void TryTake_HeldForLonger_EndsAfterItsTime()
    {
        using var held = RunLock.TryTake(_folder.FullName);

        Assert.Null(RunLock.TryTake(_folder.FullName, TimeSpan.FromSeconds(0.3), TimeProvider.System));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dispose_FileWasNotThereBefore_StaysOnlyWhenKept(bool keeps)
    {
        using (var taken = RunLock.TryTake(_folder.FullName)!)
        {
            if (keeps)
            {
                taken.Keep();
            }
        }

        Assert.Equal(keeps, _folder.EnumerateFiles().Any());
    }

    [Fact]
    public void Dispose_FileWasThereBefore_Stays()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, RunLock.FileName), "");

        RunLock.TryTake(_folder.FullName)!.Dispose();

        Assert.Single(_folder.EnumerateFiles());
    }

    [Fact]
    public void Take_NoFolder_MakesIt()
    {
        using var taken = RunLock.Take(Path.Combine(_folder.FullName, "new", "run"));

        Assert.True(File.Exists(Path.Combine(_folder.FullName, "new", "run", RunLock.FileName)));
    }

    /// <summary>Time that passes with every wait, and does something in one of them.</summary>
    private sealed class CountedTime(int delay, Action then) : TimeProvider
    {
        private int _delays;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (++_delays == delay)
            {
                then();
            }

            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
