using FsCheck;
using FsCheck.Xunit;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class RetryPolicyTests
{
    private readonly InstantTime _time = new();

    [Property(MaxTest = 10)]
    public async Task Build_LongOutage_WaitsUpToAMinuteAndGoesOn(PositiveInt seed)
    {
        const int Failures = 1500;   // a day of waits of a minute
        var (time, failures) = (new InstantTime(), 0);
        var random = new Random(seed.Get);

        await new RetryPolicy(time, random.NextDouble).Build(RetryPolicy.Endless)
            .ExecuteAsync(_ => ++failures <= Failures ? throw Away() : ValueTask.CompletedTask);

        Assert.Equal(Failures, time.Waits.Count);
        Assert.All(time.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        Assert.All(time.Waits.Skip(20), wait => Assert.True(wait > TimeSpan.FromSeconds(10), $"waits only {wait}"));
    }

    [Fact]
    public async Task Build_ThreeAttempts_GivesUpWithTheLastFailure()
    {
        var calls = 0;

        var fault = await Assert.ThrowsAsync<StoreException>(async () => await Policy().Build(attempts: 3).ExecuteAsync(_ => throw Away($"call {++calls}")));

        Assert.Equal("call 3", fault.Message);
        Assert.Equal(2, _time.Waits.Count);
    }

    [Fact]
    public async Task Build_FailureThatStays_IsNotRepeated()
    {
        foreach (var failure in new[] { StoreFailure.Rejected, StoreFailure.Refused })
        {
            await Assert.ThrowsAsync<StoreException>(async () => await Policy().Build(attempts: 3).ExecuteAsync(_ => throw new StoreException(failure, "no")));
        }

        Assert.Empty(_time.Waits);
    }

    [Fact]
    public async Task Build_RefusalWhileThereIsTime_IsAskedForOnceAMinute()
    {
        var calls = 0;

        await Policy().Build(RetryPolicy.Endless)
            .ExecuteAsync(_ => ++calls <= 3 ? throw new StoreException(StoreFailure.Refused, "no") : ValueTask.CompletedTask);

        Assert.Equal(Enumerable.Repeat(TimeSpan.FromMinutes(1), 3), _time.Waits);
    }

    [Theory]
    [InlineData(RetryPolicy.Endless, 420, 420)]
    [InlineData(RetryPolicy.Endless, 0, 1)]
    [InlineData(RetryPolicy.Endless, -5, 1)]
    [InlineData(RetryPolicy.Endless, int.MaxValue, 3600)]
    [InlineData(2, 30, 30)]
    [InlineData(2, 0, 1)]
    [InlineData(2, 420, 60)]
    public async Task Build_WishOfTheServer_IsTheWaitWithinLimits(int attempts, int wish, int wait)
    {
        var calls = 0;

        await Policy().Build(attempts).ExecuteAsync(_ => ++calls == 1 ? throw Away(retryAfter: TimeSpan.FromSeconds(wish)) : ValueTask.CompletedTask);

        Assert.Equal([TimeSpan.FromSeconds(wait)], _time.Waits);
    }

    private RetryPolicy Policy() => new(_time, () => 0.5);

    private static StoreException Away(string message = "away", TimeSpan? retryAfter = null) =>
        new(StoreFailure.Unavailable, message) { RetryAfter = retryAfter };
}
