using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Parallax.Host.Cli;
using Parallax.Host.Processes;
using Parallax.Host.Terminal;
using Parallax.Host.Tests.Tracking;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Cli;

public sealed class WatchCommandTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();
    private readonly StringWriter _error = new();

    private string Uri => "sqlite:///" + _place.Database;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Watch_UntilItIsStopped_ServesAndEndsWellWithoutTouchingTheFolder()
    {
        using var stop = new CancellationTokenSource();
        using var lines = new FirstLine();
        var output = new CliOutput(lines, _error, isTerminal: false);
        var trackers = new Trackers(_place.Stores, _place.Retry, _place.Time, _place.Logger);
        var command = new WatchCommand(new(trackers), new CliLogger(output, new()), TimeProvider.System, output).Build();

        var watching = command.Parse(["--port", "0", "--uri", Uri]).InvokeAsync(cancellationToken: stop.Token);
        var line = await lines.Line;
        using var client = new HttpClient();
        var page = await client.GetStringAsync(new Uri(line.Split(' ').Single(word => word.StartsWith("http:", StringComparison.Ordinal))), stop.Token);
        await stop.CancelAsync();

        Assert.Equal(ExitCodes.Done, await watching);
        Assert.StartsWith($"Watch {Uri} at http://127.0.0.1:", line, StringComparison.Ordinal);
        Assert.Contains("There is no tracking file", page, StringComparison.Ordinal);
        Assert.False(File.Exists(_place.Database));
    }

    [Theory]
    [InlineData("--port is 70000; expected 0 to 65535.", "--port", "70000")]
    [InlineData("which names no file", "--uri", "sqlite:///")]
    public async Task Watch_WrongOption_SaysWhatIsExpected(string expected, params string[] arguments)
    {
        var code = await Composition.RunAsync(["watch", .. arguments], new(TextWriter.Null, _error, isTerminal: false));

        Assert.Equal(ExitCodes.UserError, code);
        Assert.Contains(expected, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_PortOfAnotherProgram_SaysSo()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var code = await Composition.RunAsync(["watch", "--port", port, "--uri", Uri], new(TextWriter.Null, _error, isTerminal: false));

        Assert.Equal(ExitCodes.UserError, code);
        Assert.Equal($"--port is {port}, which another program on this machine uses. Name another one, or leave --port out.{Environment.NewLine}",
            _error.ToString());
    }

    /// <summary>Tells the first line that is written.</summary>
    private sealed class FirstLine : StringWriter
    {
        private readonly TaskCompletionSource<string> _line = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Line => _line.Task;

        public override void WriteLine(string? value) => _line.TrySetResult(value ?? "");
    }
}
