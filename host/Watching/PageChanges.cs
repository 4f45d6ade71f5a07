namespace Parallax.Host.Watching;

/// <summary>What a browser is told of a page: all of it first, then what has become another.</summary>
internal sealed class PageChanges
{
    private readonly Dictionary<string, string> _versions = [];
    private IReadOnlyDictionary<string, string>? _verdicts;
    private string? _title;

    /// <summary>What is new since the last time.</summary>
    /// <returns>Names of events with what they carry.</returns>
    public IReadOnlyList<(string Event, object Data)> To(PageContent content)
    {
        var events = new List<(string, object)>();
        foreach (var fragment in content.Fragments)
        {
            Add(fragment, events);
        }

        if (content.Title != _title)
        {
            events.Add(("title", content.Title));
        }

        var news = _verdicts is null || content.Verdicts is null ? []
            : content.Verdicts.Where(verdict => _verdicts.GetValueOrDefault(verdict.Key) != verdict.Value).Select(verdict => verdict.Value).ToList();
        if (news.Count > 0)
        {
            events.Add(("news", string.Join(". ", news)));
        }

        (_title, _verdicts) = (content.Title, content.Verdicts ?? _verdicts);   // those of before an outage are still known

        return events;
    }

    private void Add(Fragment fragment, List<(string, object)> events)
    {
        if (_versions.GetValueOrDefault(fragment.Id) != fragment.Version)
        {
            events.Add(("part", new { id = fragment.Id, version = fragment.Version, content = fragment.Content.Text }));
            Note(fragment);
            return;
        }

        foreach (var part in fragment.Parts)
        {
            Add(part, events);
        }
    }

    private void Note(Fragment fragment)
    {
        _versions[fragment.Id] = fragment.Version;
        foreach (var part in fragment.Parts)
        {
            Note(part);
        }
    }
}
