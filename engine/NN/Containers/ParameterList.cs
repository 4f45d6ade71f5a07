using System.Collections;
using System.Globalization;

namespace Parallax.Torch.Modules;

/// <summary>A list of parameters, registered under their positions.</summary>
public sealed class ParameterList : Module, IList<Parameter>
{
    private readonly List<Parameter> _list = [];

    /// <summary>A list of the given parameters.</summary>
    public ParameterList(params Parameter[] parameters)
        : base(nameof(ParameterList)) => extend(parameters);

    /// <inheritdoc cref="IList{Parameter}.this"/>
    public Parameter this[int index]
    {
        get => _list[index];
        set => Change(() => _list[index] = value);
    }

    /// <inheritdoc/>
    public int Count => _list.Count;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <summary>Adds parameters at the end.</summary>
    public void append(params Parameter[] parameters) => extend(parameters);

    /// <summary>Adds parameters at the end.</summary>
    public void extend(IEnumerable<Parameter> parameters)
    {
        foreach (var parameter in parameters)
        {
            Add(parameter);
        }
    }

    /// <inheritdoc/>
    public void Add(Parameter item)
    {
        register_parameter(Count.ToString(CultureInfo.InvariantCulture), item);
        _list.Add(item);
    }

    /// <inheritdoc/>
    public void Clear() => Change(_list.Clear);

    /// <inheritdoc/>
    public bool Contains(Parameter item) => _list.Contains(item);

    /// <inheritdoc/>
    public void CopyTo(Parameter[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);

    /// <inheritdoc/>
    public IEnumerator<Parameter> GetEnumerator() => _list.GetEnumerator();

    /// <inheritdoc/>
    public int IndexOf(Parameter item) => _list.IndexOf(item);

    /// <inheritdoc/>
    public void Insert(int index, Parameter item) => Change(() => _list.Insert(index, item));

    /// <inheritdoc/>
    public bool Remove(Parameter item)
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
        ClearParameters();
        for (var i = 0; i < _list.Count; i++)
        {
            register_parameter(i.ToString(CultureInfo.InvariantCulture), _list[i]);
        }
    }
}
