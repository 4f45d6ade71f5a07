using System.Diagnostics;
using System.Text.Json;

namespace Parallax.Host.Training;

/// <summary>What the threads of a run did during some steps.</summary>
/// <param name="Steps">Steps that were observed.</param>
/// <param name="Spans">What was done, in any order.</param>
/// <param name="Threads">Names of threads by their managed id.</param>
internal sealed record StepTrace(int Steps, IReadOnlyList<TraceSpan> Spans, IReadOnlyDictionary<int, string> Threads)
{
    /// <summary>Writes trace events in JSON, which ui.perfetto.dev and chrome://tracing open.</summary>
    public void Write(Stream stream)
    {
        var first = Spans.Count == 0 ? 0 : Spans.Min(span => span.Start);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        foreach (var (thread, name) in Threads.OrderBy(pair => pair.Key))
        {
            Begin(json, "M", "thread_name", thread);
            json.WriteStartObject("args");
            json.WriteString("name", name);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        foreach (var span in Spans.OrderBy(span => span.Start).ThenByDescending(span => span.End))
        {
            Begin(json, "X", span.Name, span.Thread);
            json.WriteString("cat", span.Category);
            json.WriteNumber("ts", Microseconds(span.Start - first));
            json.WriteNumber("dur", Microseconds(span.End - span.Start));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, string kind, string name, int thread)
    {
        json.WriteStartObject();
        json.WriteString("ph", kind);
        json.WriteString("name", name);
        json.WriteNumber("pid", 1);
        json.WriteNumber("tid", thread);
    }

    private static double Microseconds(long ticks) => Math.Round(ticks * 1e6 / Stopwatch.Frequency, 3);
}
