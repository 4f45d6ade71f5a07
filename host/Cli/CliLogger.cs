using Microsoft.Extensions.Logging;

namespace Parallax.Host.Cli;

/// <summary>Shows what services and plugins log, one line each, beside the results.</summary>
internal sealed class CliLogger(CliOutput output, GlobalOptions options) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= (options.Quiet ? LogLevel.Warning : options.Verbose ? LogLevel.Debug : LogLevel.Information);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var prefix = logLevel switch
        {
            LogLevel.Warning => "warning: ",
            LogLevel.Error or LogLevel.Critical => "error: ",
            _ => "",
        };
        var cause = exception is null ? "" : options.Verbose ? $"{Environment.NewLine}{exception}" : $" ({exception.Message})";
        output.Error($"{prefix}{formatter(state, exception)}{cause}");
    }

    public void Dispose()
    {
    }
}
