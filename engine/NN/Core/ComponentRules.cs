using System.Collections;

namespace Parallax.Torch;

/// <summary>Finds components that the field rule cannot see, which would silently stay untrained and unsaved.</summary>
internal static class ComponentRules
{
    /// <summary>Checks one field after registration.</summary>
    /// <exception cref="InvalidOperationException">The field holds a component that is not registered anywhere in the module.</exception>
    public static void RequireReachable(nn.Module owner, ComponentField field, object? value)
    {
        if (field.IsCompilerNamed && value is nn.Module or Tensor && !IsReachable(owner, value))
        {
            throw new InvalidOperationException(
                $"{owner.GetType().Name}: '{field.SourceName}' holds a {value.GetType().Name} in an automatic property or a captured constructor parameter, " +
                "which has no name for the state dictionary. Keep it in a field and let the property return the field.");
        }

        foreach (var item in ItemsOf(value))
        {
            if (!IsReachable(owner, item))
            {
                throw new InvalidOperationException(
                    $"{owner.GetType().Name}: field '{field.SourceName}' is a {value!.GetType().Name} with a {item.GetType().Name} that is registered " +
                    "nowhere, so it would be neither trained, moved nor saved. Use ModuleList, ModuleDict, ParameterList or ParameterDict.");
            }
        }
    }

    private static bool IsReachable(nn.Module owner, object component) => component switch
    {
        nn.Module module => owner.modules().Contains(module, ReferenceEqualityComparer.Instance),
        Parameter parameter => owner.parameters().Contains(parameter, ReferenceEqualityComparer.Instance),
        Tensor tensor => owner.buffers().Contains(tensor, ReferenceEqualityComparer.Instance),
        _ => true,
    };

    private static IEnumerable<object> ItemsOf(object? value) => value switch
    {
        nn.Module or Tensor or null => [],
        IDictionary dictionary => Components(dictionary.Values),
        ICollection collection => Components(collection),
        IReadOnlyCollection<object> collection => Components(collection),   // sets
        _ => [],
    };

    private static IEnumerable<object> Components(IEnumerable items) => items.OfType<object>().Where(item => item is nn.Module or Modules.Parameter);
}
