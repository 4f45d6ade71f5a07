namespace Parallax.Benchmarks.Gate;

/// <summary>Answers requests to measure.</summary>
internal interface IMeasuringProcess : IDisposable
{
    /// <summary>What it knows, and where it measures.</summary>
    Heading Heading { get; }

    /// <summary>Waits for the answer to a request.</summary>
    Answer Ask(Request request);

    /// <summary>Waits for a time; what goes wrong is noted.</summary>
    /// <returns>Milliseconds, 0 where there are none.</returns>
    double Ask(Request request, ICollection<string> faults)
    {
        var answer = Ask(request);
        if (answer.Error is { } fault)
        {
            faults.Add(fault);
        }

        return answer.Milliseconds;
    }
}

/// <summary>A program that can be started to measure.</summary>
/// <param name="Path">Its <c>Parallax.Benchmarks.dll</c>.</param>
/// <param name="Side">What messages call it.</param>
internal sealed record MeasuringProgramFile(string Path, string Side)
{
    /// <summary>This program.</summary>
    public static MeasuringProgramFile This { get; } = new(typeof(MeasuringProgramFile).Assembly.Location, "this program");
}
