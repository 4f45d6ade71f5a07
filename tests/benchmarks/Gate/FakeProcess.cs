namespace Parallax.Benchmarks.Tests.Gate;

/// <summary>A measuring process whose answers are written down.</summary>
internal sealed class FakeProcess(Func<Request, Answer> answer, params string[] names) : IMeasuringProcess
{
    public static readonly MeasuringEnvironment Here = new("2.10", "10.0", "AVX2", "a processor", 1);

    public Heading Heading { get; } = new(MeasuringProcess.Protocol, Here, names);

    public Answer Ask(Request request) => answer(request);

    public Action? OnDispose { get; init; }

    public void Dispose() => OnDispose?.Invoke();
}
