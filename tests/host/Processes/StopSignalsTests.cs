using Microsoft.Extensions.Time.Testing;
using Parallax.Host.Cli;
using Parallax.Host.Processes;
using Parallax.Host.Terminal;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Processes;

public sealed class StopSignalsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _error = new();
    private readonly List<string> _ended = [];
    private readonly StopSignals _signals;

    public StopSignalsTests() => _signals = new(new CliOutput(TextWriter.Null, _error, isTerminal: false), _time, code => _ended.Add($"exit {code}"));

    public void Dispose() => _signals.Dispose();

    [Fact]
    public void Signal_NobodyEnds_EndsTheProgramInTimeAndSaysSo()
    {
        _signals.Signal();
        _time.Advance(StopSignals.Usual - TimeSpan.FromMilliseconds(1));
        Assert.Empty(_ended);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(_signals.Token.IsCancellationRequested);
        Assert.Equal(["exit 130"], _ended);
        Assert.Equal("Stopped.", _error.ToString().Trim());
    }

    [Fact]
    public void Signal_TheTerminalTakesNothing_EndsTheProgramAllTheSame()
    {
        using var terminal = new HeldWriter();
        using var signals = new StopSignals(new(TextWriter.Null, terminal, isTerminal: false), _time, code => _ended.Add($"exit {code}"));
        using var note = signals.BeforeTheEnd(() => _ended.Add("noted"));

        signals.Signal();
        _time.Advance(StopSignals.Usual);

        Assert.Equal(["noted", "exit 130"], _ended);
    }

    [Fact]
    public void Within_AStep_HasItsTimeAndWhatFollowsHasItsOwn()
    {
        var step = _signals.Within(StopSignals.ForAStep);
        _signals.Signal();
        _time.Advance(StopSignals.ForAStep - TimeSpan.FromSeconds(1));
        step.Dispose();
        _time.Advance(StopSignals.Usual - TimeSpan.FromMilliseconds(1));
        Assert.Empty(_ended);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(["exit 130"], _ended);
    }

    [Fact]
    public void Signal_ASecondTime_EndsAtOnceUnlessBothAreOneRequest()
    {
        using var step = _signals.Within(StopSignals.ForAStep);
        _signals.Signal();
        _time.Advance(TimeSpan.FromMilliseconds(500));
        _signals.Signal();
        Assert.Empty(_ended);

        _time.Advance(TimeSpan.FromSeconds(1));
        _signals.Signal();

        Assert.Equal(["exit 130"], _ended);
    }

    [Fact]
    public void BeforeTheEnd_Notes_AreTakenLastFirstAndAFaultHoldsNothingUp()
    {
        using var first = _signals.BeforeTheEnd(() => _ended.Add("first"));
        using var faulty = _signals.BeforeTheEnd(() => throw new InvalidOperationException());
        using (_signals.BeforeTheEnd(() => _ended.Add("over")))
        {
        }

        using var last = _signals.BeforeTheEnd(() => _ended.Add("last"));
        _signals.Signal();
        _time.Advance(StopSignals.Usual);

        Assert.Equal(["last", "first", "exit 130"], _ended);
    }

    [Fact]
    public void Dispose_BeforeTheDeadline_EndsNothing()
    {
        _signals.Signal();
        _signals.Dispose();

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(_ended);
    }

    /// <summary>A terminal whose output is held until it is disposed.</summary>
    private sealed class HeldWriter : StringWriter
    {
        private readonly TaskCompletionSource _released = new();

        public override void WriteLine(string? value) => _released.Task.Wait();

        protected override void Dispose(bool disposing)
        {
            _released.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
