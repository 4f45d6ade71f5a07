using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Parallax.Torch.Modules;

/// <summary>Modules by name, in the order they were added.</summary>
public sealed class ModuleDict<T> : Module, IEnumerable<(string, T)>
    where T : Module
{
    private readonly OrderedDictionary<string, T> _items = [];

    /// <summary>An empty dictionary.</summary>
    public ModuleDict()
        : base(nameof(ModuleDict<>))
    {
    }

    /// <summary>The module of a name; setting replaces it, without disposing the old one.</summary>
    public T this[string key]
    {
        get => _items[key];
        set
        {
            _items[key] = value;
            Refresh();
        }
    }

    /// <summary>Name and module at a position.</summary>
    public (string, T) this[int index] => (_items.GetAt(index).Key, _items.GetAt(index).Value);

    /// <summary>Number of modules.</summary>
    public int Count => _items.Count;

    /// <summary>The names.</summary>
    public ICollection<string> Keys => _items.Keys;

    /// <summary>The modules.</summary>
    public ICollection<T> Values => _items.Values;

    /// <summary>The names.</summary>
    public IEnumerable<string> keys() => _items.Keys;

    /// <summary>The modules.</summary>
    public IEnumerable<T> values() => _items.Values;

    /// <summary>Names and modules.</summary>
    public IEnumerator<(string, T)> items() => GetEnumerator();

    /// <summary>Adds a module.</summary>
    public void Add(string key, T value)
    {
        register_module(key, value);
        _items.Add(key, value);
    }

    /// <summary>Adds a module.</summary>
    public void Add((string, T) item) => Add(item.Item1, item.Item2);

    /// <summary>Whether there is a module of a name.</summary>
    public bool ContainsKey(string key) => _items.ContainsKey(key);

    /// <summary>Looks a module up.</summary>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => _items.TryGetValue(key, out value);

    /// <summary>Takes a module out, without disposing it.</summary>
    public bool Remove(string key)
    {
        var removed = _items.Remove(key);
        Refresh();
        return removed;
    }

    /// <summary>Takes all modules out, without disposing them.</summary>
    public void Clear()
    {
        _items.Clear();
        Refresh();
    }

    /// <summary>Takes all modules out, without disposing them.</summary>
    public void clear() => Clear();

    /// <inheritdoc/>
    public IEnumerator<(string, T)> GetEnumerator() => _items.Select(i => (i.Key, i.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Components register as they are added.</summary>
    protected override void RegisterComponents()
    {
    }

    private void Refresh()
    {
        ClearModules();
        foreach (var (name, module) in _items)
        {
            register_module(name, module);
        }
    }
}
