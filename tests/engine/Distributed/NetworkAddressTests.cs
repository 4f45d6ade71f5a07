using System.Diagnostics;

namespace Parallax.Engine.Tests.Distributed;

public sealed class NetworkAddressTests
{
    [Fact]
    public void Listening_MasterWhoseNameIsUnknown_AsksUntilTheOthersWouldBeTooLate()
    {
        var options = new ProcessGroupOptions(Rank: 1, Size: 2) { MasterAddress = "rank-0.invalid", MasterPort = 29500, ConnectTimeout = TimeSpan.FromSeconds(1) };
        var clock = Stopwatch.StartNew();

        var fault = Assert.Throws<ProcessGroupException>(() => NetworkAddress.Listening(options));

        Assert.Contains("finds no way to the master address 'rank-0.invalid'", fault.Message, StringComparison.Ordinal);
        Assert.True(clock.Elapsed >= options.ConnectTimeout, $"gave up after {clock.Elapsed}");
    }

    [Fact]
    public void Listening_MasterHere_IsTheAddressOfTheRouteToIt() =>
        Assert.Equal("127.0.0.1", NetworkAddress.Listening(new(Rank: 0, Size: 2) { MasterAddress = "127.0.0.1", MasterPort = 29500 }));
}
