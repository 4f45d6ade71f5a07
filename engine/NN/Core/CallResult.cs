using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Parallax.Torch;

/// <summary>Finds the tensors in what a module returns, so that they outlive the scope of the call.</summary>
/// <remarks>
/// Tensors, tuples, arrays, lists and dictionaries are searched, and the fields of the user's own records and classes.
/// A lazy sequence is left alone: it would run after the call has freed its inputs.
/// </remarks>
internal static class CallResult
{
    private const int MaximumDepth = 8;

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> FieldsOf = new();

    /// <summary>Moves the tensors that belong to the scope, and only those, to the scope outside it.</summary>
    public static void MoveOut<TResult>(TResult result, DisposeScope scope)
    {
        if (result is Tensor tensor)
        {
            Move(tensor, scope);
        }
        else if (result is not null && !typeof(TResult).IsPrimitive)
        {
            Search(result, scope, depth: 0);
        }
    }

    private static void Move(Tensor tensor, DisposeScope scope)
    {
        if (ReferenceEquals(tensor.Scope, scope))
        {
            tensor.MoveToOuterDisposeScope();
        }
    }

    private static void Search(object? value, DisposeScope scope, int depth)
    {
        switch (value)
        {
            case null or string or Delegate or nn.Module or Type:
                return;
            case Tensor tensor:
                Move(tensor, scope);
                return;
            case ITuple tuple:
                for (var i = 0; i < tuple.Length; i++)
                {
                    Search(tuple[i], scope, depth + 1);
                }

                return;
            case IDictionary dictionary:
                SearchAll(dictionary.Values, scope, depth);
                return;
            case ICollection or IReadOnlyCollection<object>:
                SearchAll((IEnumerable)value, scope, depth);
                return;
            case not IEnumerable when depth < MaximumDepth:
                SearchFields(value, scope, depth);
                return;
        }
    }

    private static void SearchAll(IEnumerable items, DisposeScope scope, int depth)
    {
        if (items is Array array && array.GetType().GetElementType()!.IsPrimitive)
        {
            return;
        }

        foreach (var item in items)
        {
            Search(item, scope, depth + 1);
        }
    }

    private static void SearchFields(object value, DisposeScope scope, int depth)
    {
        foreach (var field in FieldsOf.GetOrAdd(value.GetType(), SearchableFields))
        {
            Search(field.GetValue(value), scope, depth + 1);
        }
    }

    private static FieldInfo[] SearchableFields(Type type)
    {
        const BindingFlags declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null && level.Namespace?.StartsWith("System", StringComparison.Ordinal) != true; level = level.BaseType)
        {
            fields.AddRange(level.GetFields(declared).Where(f => !f.FieldType.IsPrimitive && !f.FieldType.IsEnum && !f.FieldType.IsPointer));
        }

        return [.. fields];
    }
}
