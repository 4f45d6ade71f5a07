namespace Parallax.Host.Tracking;

/// <summary>The bounded queue between training and the journal. Adding never waits; a full queue gives up system metrics first, then metrics, never anything else.</summary>
/// <param name="capacity">Number of metrics it holds.</param>
internal sealed class EventBuffer(int capacity)
{
    private readonly Lock _gate = new();
    private List<JournalEvent> _waiting = [];

    /// <summary>Number of metrics that were given up.</summary>
    public long Dropped { get; private set; }

    /// <summary>Number of events that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Adds an event.</summary>
    /// <returns>False when it was given up.</returns>
    public bool Add(JournalEvent item)
    {
        lock (_gate)
        {
            var limit = item.IsExpendable ? capacity / 2 : capacity;
            if (item.Kind == EventKind.Metric && _waiting.Count >= limit)
            {
                Dropped++;
                return false;
            }

            _waiting.Add(item);
            return true;
        }
    }

    /// <summary>Takes everything out.</summary>
    public List<JournalEvent> Take()
    {
        lock (_gate)
        {
            var taken = _waiting;
            _waiting = [];
            return taken;
        }
    }

    /// <summary>Puts back what could not be written, before everything that came since.</summary>
    public void PutBack(List<JournalEvent> events)
    {
        lock (_gate)
        {
            events.AddRange(_waiting);
            _waiting = events;
        }
    }
}
