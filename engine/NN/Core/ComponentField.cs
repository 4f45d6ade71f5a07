using System.Collections.Concurrent;
using System.Reflection;

namespace Parallax.Torch;

/// <summary>A field that may hold a component of a module, under the name it registers with.</summary>
internal sealed class ComponentField
{
    private static readonly ConcurrentDictionary<Type, ComponentField[]> Cache = new();

    private readonly FieldInfo _field;

    private ComponentField(FieldInfo field)
    {
        _field = field;
        Name = field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
    }

    /// <summary>The field's name, or the one its attribute gives.</summary>
    public string Name { get; }

    /// <summary>True for the hidden field of an automatic property or of a captured constructor parameter.</summary>
    public bool IsCompilerNamed => Name.StartsWith('<');

    /// <summary>The name as written in the source, for messages.</summary>
    public string SourceName => IsCompilerNamed ? Name[1..Name.IndexOf('>', StringComparison.Ordinal)] : Name;

    /// <summary>What the field holds now.</summary>
    public object? Read(torch.nn.Module owner) => _field.GetValue(owner);

    /// <summary>Fields of a module type, the most derived class first; of two with one name the derived one counts.</summary>
    public static ComponentField[] Of(Type moduleType) => Cache.GetOrAdd(moduleType, Find);

    private static ComponentField[] Find(Type moduleType)
    {
        const BindingFlags declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var found = new OrderedDictionary<string, ComponentField>();
        for (var type = moduleType; type is not null && type != typeof(torch.nn.Module); type = type.BaseType)
        {
            foreach (var field in type.GetFields(declared))
            {
                var holdsObject = !field.FieldType.IsValueType && field.FieldType != typeof(string) && !typeof(Delegate).IsAssignableFrom(field.FieldType);
                if (holdsObject)
                {
                    var component = new ComponentField(field);
                    found.TryAdd(component.Name, component);
                }
            }
        }

        return [.. found.Values];
    }
}
