namespace Parallax.Host.Evaluation;

/// <summary>Who is told what while protocols run.</summary>
/// <param name="OnProtocol">Receives the name of each protocol before it begins.</param>
/// <param name="OnResult">Receives each number once it is there: what comes after it may be stopped.</param>
/// <param name="OnFailure">Receives what has no number once that is known.</param>
internal sealed record MeasurementCourse(Action<string> OnProtocol, Action<ProtocolResult> OnResult, Action<ProtocolFailure> OnFailure);
