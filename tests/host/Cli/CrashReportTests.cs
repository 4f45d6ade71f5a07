using Parallax.Host.Cli;

namespace Parallax.Host.Tests.Cli;

public sealed class CrashReportTests
{
    [Theory]
    [InlineData("view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces).", true)]
    [InlineData("shape '[2]' is invalid for input of size 3", false)]
    public void Write_ModuleCalledView_NamesTheSetting(string message, bool expected)
    {
        var error = new StringWriter();
        var report = new CrashReport(new(TextWriter.Null, error, isTerminal: false), new(), TimeProvider.System);

        report.Write(new InvalidOperationException(message), ["train"]);

        Assert.StartsWith($"Unexpected error: {message}", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(expected, error.ToString().Contains("trainer.channelsLast: false", StringComparison.Ordinal));
    }
}
