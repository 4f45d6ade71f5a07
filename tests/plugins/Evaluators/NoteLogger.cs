using Microsoft.Extensions.Logging;

namespace Parallax.Plugins.Tests.Evaluators;

/// <summary>Keeps what it is told.</summary>
internal sealed class NoteLogger : ILogger
{
    public List<string> Notes { get; } = [];

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Notes.Add($"{formatter(state, exception)}");

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
