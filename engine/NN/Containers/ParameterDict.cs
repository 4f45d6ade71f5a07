using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Parallax.Torch.Modules;

/// <summary>Parameters by name, in the order they were added.</summary>
public sealed class ParameterDict : Module, IEnumerable<(string, Parameter)>
{
    private readonly OrderedDictionary<string, Parameter> _items = [];

    /// <summary>An empty dictionary.</summary>
    public ParameterDict()
        : base(nameof(ParameterDict))
    {
    }

    /// <summary>The parameter of a name; setting replaces it, without disposing the old one.</summary>
    public Parameter this[string key]
    {
        get => _items[key];
        set
        {
            _items[key] = value;
            Refresh();
        }
    }

    /// <summary>Name and parameter at a position.</summary>
    public (string, Parameter) this[int index] => (_items.GetAt(index).Key, _items.GetAt(index).Value);

    /// <summary>Number of parameters.</summary>
    public int Count => _items.Count;

    /// <summary>The names.</summary>
    public ICollection<string> Keys => _items.Keys;

    /// <summary>The parameters.</summary>
    public ICollection<Parameter> Values => _items.Values;

    /// <summary>The names.</summary>
    public IEnumerable<string> keys() => _items.Keys;

    /// <summary>The parameters.</summary>
    public IEnumerable<Parameter> values() => _items.Values;

    /// <summary>Names and parameters.</summary>
    public IEnumerator<(string, Parameter)> items() => GetEnumerator();

    /// <summary>Adds a parameter.</summary>
    public void Add(string key, Parameter value)
    {
        register_parameter(key, value);
        _items.Add(key, value);
    }

    /// <summary>Adds a parameter.</summary>
    public void Add((string, Parameter) item) => Add(item.Item1, item.Item2);

    /// <summary>Whether there is a parameter of a name.</summary>
    public bool ContainsKey(string key) => _items.ContainsKey(key);

    /// <summary>Looks a parameter up.</summary>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Parameter value) => _items.TryGetValue(key, out value);

    /// <summary>Takes a parameter out, without disposing it.</summary>
    public bool Remove(string key)
    {
        var removed = _items.Remove(key);
        Refresh();
        return removed;
    }

    /// <summary>Takes all parameters out, without disposing them.</summary>
    public void Clear()
    {
        _items.Clear();
        Refresh();
    }

    /// <summary>Takes all parameters out, without disposing them.</summary>
    public void clear() => Clear();

    /// <inheritdoc/>
    public IEnumerator<(string, Parameter)> GetEnumerator() => _items.Select(i => (i.Key, i.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Components register as they are added.</summary>
    protected override void RegisterComponents()
    {
    }

    private void Refresh()
    {
        ClearParameters();
        foreach (var (name, parameter) in _items)
        {
            register_parameter(name, parameter);
        }
    }
}
