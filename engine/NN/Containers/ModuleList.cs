using System.Collections;
using System.Globalization;

namespace Parallax.Torch.Modules;

/// <summary>A list of modules, registered under their positions.</summary>
public sealed class ModuleList<T> : Module, IList<T>
    where T : Module
{
    private readonly List<T> _list = [];

    /// <summary>A list of the given modules.</summary>
    public ModuleList(params T[] modules)
        : base(nameof(ModuleList<>)) => extend(modules);

    /// <inheritdoc cref="IList{T}.this"/>
    public T this[int index]
    {
        get => _list[index];
        set => Change(() => _list[index] = value);
    }

    /// <inheritdoc/>
    public int Count => _list.Count;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <summary>Adds modules at the end.</summary>
    public void append(params T[] parameters) => extend(parameters);

    /// <summary>Adds modules at the end.</summary>
    public void extend(IEnumerable<T> modules)
    {
        foreach (var module in modules)
        {
            Add(module);
        }
    }

    /// <inheritdoc/>
    public void Add(T item)
    {
        register_module(Count.ToString(CultureInfo.InvariantCulture), item);
        _list.Add(item);
    }

    /// <inheritdoc/>
    public void Clear() => Change(_list.Clear);

    /// <inheritdoc/>
    public bool Contains(T item) => _list.Contains(item);

    /// <inheritdoc/>
    public void CopyTo(T[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _list.GetEnumerator();

    /// <inheritdoc/>
    public int IndexOf(T item) => _list.IndexOf(item);

    /// <inheritdoc/>
    public void Insert(int index, T item) => Change(() => _list.Insert(index, item));

    /// <inheritdoc/>
    public bool Remove(T item)
    {
        var index = _list.IndexOf(item);
        if (index >= 0)
        {
            RemoveAt(index);
        }

        return index >= 0;
    }

    /// <inheritdoc/>
    public void RemoveAt(int index) => Change(() => _list.RemoveAt(index));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Components register as they are added.</summary>
    protected override void RegisterComponents()
    {
    }

    private void Change(Action change)
    {
        change();
        ClearModules();
        for (var i = 0; i < _list.Count; i++)
        {
            register_module(i.ToString(CultureInfo.InvariantCulture), _list[i]);
        }
    }
}
