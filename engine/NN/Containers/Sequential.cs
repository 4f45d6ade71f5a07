using System.Globalization;

namespace Parallax.Torch.Modules;

/// <summary>Modules called one after the other.</summary>
public sealed class Sequential : Module<Tensor, Tensor>
{
    private readonly List<(string Name, IModule<Tensor, Tensor> Module)> _items = [];

    internal Sequential(IEnumerable<(string Name, Module<Tensor, Tensor> Module)> modules)
        : base(nameof(Sequential))
    {
        foreach (var (name, module) in modules)
        {
            append(name, module);
        }
    }

    /// <summary>Number of modules.</summary>
    public int Count => _items.Count;

    /// <summary>The module at a position.</summary>
    public IModule<Tensor, Tensor> this[int index] => _items[index].Module;

    /// <summary>A new Sequential of a range of the same module objects under the same names.</summary>
    public Sequential this[Range index] => Slice(index.GetOffsetAndLength(Count));

    /// <summary>A new Sequential of a range of the same module objects under the same names; null is the respective end.</summary>
    public Sequential this[(int? start, int? end) index] => this[(index.start ?? 0)..(index.end ?? Count)];

    /// <summary>Adds a module under a name.</summary>
    public Sequential append(string name, IModule<Tensor, Tensor> module)
    {
        if (module is not Module submodule)
        {
            throw new ArgumentException($"Sequential holds nn.Module objects, got {module?.GetType().Name ?? "null"}.", nameof(module));
        }

        register_module(name, submodule);
        _items.Add((name, module));
        return this;
    }

    /// <summary>Adds a module named by its position.</summary>
    public Sequential append(IModule<Tensor, Tensor> module) => append(Count.ToString(CultureInfo.InvariantCulture), module);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var scope = CurrentDisposeScope;
        var value = input;
        foreach (var (_, module) in _items)
        {
            var next = module.call(value);
            var isTemporary = scope is not null && ReferenceEquals(value.Scope, scope);
            if (isTemporary && !ReferenceEquals(value, input) && !ReferenceEquals(value, next))
            {
                value.Dispose();   // early, for memory; the autograd graph keeps what it needs, and a hook that keeps it took it out of the scope
            }

            value = next;
        }

        return ReferenceEquals(value, input) ? input.Twin() : value;
    }

    /// <summary>Components register as they are appended.</summary>
    protected override void RegisterComponents()
    {
    }

    private Sequential Slice((int Offset, int Length) range)
    {
        var part = new Sequential([]);
        foreach (var (name, module) in _items.Skip(range.Offset).Take(range.Length))
        {
            part.append(name, module);
        }

        return part;
    }
}
