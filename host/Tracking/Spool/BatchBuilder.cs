using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>Turns lines of a journal into batches that a store takes.</summary>
internal static class BatchBuilder
{
    /// <summary>Size of the body of one batch; the documented limit of a server is 1,000,000.</summary>
    public const int MaxBytes = 900_000;

    private const int MaxMetrics = 1000, MaxParams = 100, MaxTags = 100, MaxTotal = 1000;   // MLflow's
    private const int BytesPerMetric = 64;   // what the request adds to the journal's own line, generously

    /// <summary>How many events from <paramref name="first"/> on fit into one batch; 0 when the first one travels alone.</summary>
    public static int Measure(IReadOnlyList<SpooledEvent> events, int first)
    {
        int metrics = 0, parameters = 0, tags = 0, bytes = 0;
        var count = 0;
        for (; first + count < events.Count; count++)
        {
            if (events[first + count] is not { Event: { IsBatched: true } e } item)
            {
                break;
            }

            metrics += e.Kind == EventKind.Metric ? 1 : 0;
            parameters += e.Kind == EventKind.Param ? 1 : 0;
            tags += e.Kind is EventKind.Tag or EventKind.Param ? 1 : 0;   // a parameter that changed becomes a tag
            bytes += item.Line.Length + BytesPerMetric;
            var fits = metrics <= MaxMetrics && parameters <= MaxParams && tags <= MaxTags && count < MaxTotal && bytes <= MaxBytes;
            if (!fits && count > 0)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>The batch of some events. Known parameters are left out, changed ones become tags, points that the store has are skipped.</summary>
    /// <param name="events">Events that travel in batches; one that cannot be read is refused.</param>
    /// <param name="knownParams">Parameters the run has.</param>
    /// <param name="state">State of the journal.</param>
    /// <param name="logger">Told about changed parameters.</param>
    /// <exception cref="StoreException">The only event cannot be read.</exception>
    public static RunBatch Build(IReadOnlyList<SpooledEvent> events, IReadOnlyDictionary<string, string> knownParams, JournalState state, ILogger logger)
    {
        var metrics = new List<MetricPoint>();
        var parameters = new Dictionary<string, string>();
        var tags = new Dictionary<string, string>();
        foreach (var item in events)
        {
            var e = item.Event ?? throw new StoreException(StoreFailure.Rejected, "a line of the journal cannot be read");
            switch (e.Kind)
            {
                case EventKind.Metric when state.ToSend(e.ToPoint()) is { } point:
                    metrics.Add(point);
                    break;
                case EventKind.Tag:
                    tags[e.Key!] = e.Text ?? "";
                    break;
                case EventKind.Param when (knownParams.GetValueOrDefault(e.Key!) ?? parameters.GetValueOrDefault(e.Key!)) is { } stored:
                    if (stored != (e.Text ?? ""))
                    {
                        var tag = KeyRules.ResumedParam(state.Sessions, e.Key!);
                        tags[tag] = e.Text ?? "";
                        logger.LogWarning(
                            "Parameter {Key} of the run is '{Stored}' and stays so; its new value '{Value}' is kept in the tag {Tag}.", e.Key, stored, e.Text,
                            tag);
                    }

                    break;
                case EventKind.Param:
                    parameters[e.Key!] = e.Text ?? "";
                    break;
            }
        }

        return new RunBatch(metrics, parameters, tags);
    }
}
