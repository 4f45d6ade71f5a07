using System.Reflection;
using System.Runtime.CompilerServices;

namespace Parallax.Contracts.Tests;

/// <summary>Writes down what other assemblies can see of an assembly, one line per type and member. What the compiler adds to records is left out.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string[] Describe(Assembly assembly) =>
    [
        .. assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal)
            .SelectMany(type => Members(type).Order(StringComparer.Ordinal).Prepend(Header(type)).Select((line, i) => i == 0 ? line : $"{TypeName(type)}: {line}")),
    ];

    private static string Header(Type type)
    {
        var kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsEnum: true } => "enum",
            { IsValueType: true } => IsRecord(type) ? "record struct" : "struct",
            _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsSealed: true } => IsRecord(type) ? "sealed record" : "sealed class",
            { IsAbstract: true } => "abstract class",
            _ => "class",
        };
        var direct = type.IsEnum ? [] : type.GetInterfaces().Except(type.GetInterfaces().SelectMany(i => i.GetInterfaces())).Except(type.BaseType?.GetInterfaces() ?? []);
        string[] bases =
        [
            .. new[] { type.BaseType }.OfType<Type>().Where(b => b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum) && b != typeof(MulticastDelegate)).Select(TypeName),
            .. direct.Where(i => !IsEquatable(i)).Select(TypeName).Order(StringComparer.Ordinal),
        ];

        return $"{kind} {TypeName(type)}" + (bases.Length > 0 ? $" : {string.Join(", ", bases)}" : "");
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name))}");
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return [Signature(type.GetMethod("Invoke")!)];
        }

        return type.GetMembers(Declared).Where(m => m is PropertyInfo || m.GetCustomAttribute<CompilerGeneratedAttribute>() is null).SelectMany(Lines);
    }

    private static IEnumerable<string> Lines(MemberInfo member) => member switch
    {
        ConstructorInfo c when IsVisible(c) => [$"new({Parameters(c)})"],
        FieldInfo f when f.IsPublic || f.IsFamily => [$"{(f.IsLiteral ? "const " : "")}{Annotated(Nullability.Create(f))} {f.Name}"],
        PropertyInfo p when p.GetMethod is { } get && IsVisible(get) && p.Name != "EqualityContract" => [Property(p, get)],
        MethodInfo m when IsVisible(m) && !m.IsSpecialName => [Signature(m)],
        _ => [],
    };

    private static string Property(PropertyInfo property, MethodInfo get)
    {
        var set = property.SetMethod is not { IsPublic: true } setter ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;";

        return $"{Modifiers(get)}{Annotated(Nullability.Create(property))} {property.Name} {{ get;{set} }}{Default(get)}";
    }

    private static string Signature(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";

        return $"{Modifiers(method)}{Annotated(Nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)}){Default(method)}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
        (p.GetCustomAttribute<ParamArrayAttribute>() is null ? "" : "params ")
        + (p.ParameterType.IsByRef ? p.IsOut ? "out " : "ref " : "")
        + $"{Annotated(Nullability.Create(p))} {p.Name}"
        + (p.HasDefaultValue ? $" = {p.DefaultValue switch { null => "default", string s => $"\"{s}\"", bool b => b ? "true" : "false", var v => v }}" : "")));

    private static string Modifiers(MethodInfo method) =>
        method.IsStatic ? "static " : method is { IsAbstract: true, DeclaringType.IsInterface: false } ? "abstract " : "";

    // an interface member with a body does not have to be implemented
    private static string Default(MethodInfo method) => method is { DeclaringType.IsInterface: true, IsAbstract: false, IsStatic: false } ? " (has a default)" : "";

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", Declared) is not null;

    private static bool IsEquatable(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEquatable<>);

    private static string Annotated(NullabilityInfo info)
    {
        var type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        var mark = !type.IsValueType && info.ReadState == NullabilityState.Nullable ? "?" : "";

        return info.GenericTypeArguments.Length > 0 && type.IsGenericType && Nullable.GetUnderlyingType(type) is null && !IsTuple(type)
            ? $"{Simple(type)}<{string.Join(", ", info.GenericTypeArguments.Select(Annotated))}>{mark}"
            : TypeName(type) + mark;
    }

    private static string TypeName(Type type)
    {
        if (type.IsByRef)
        {
            return TypeName(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return $"{TypeName(type.GetElementType()!)}[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return $"{TypeName(underlying)}?";
        }

        if (!type.IsGenericType)
        {
            return Simple(type);
        }

        var arguments = string.Join(", ", type.GetGenericArguments().Select(TypeName));

        return IsTuple(type) ? $"({arguments})" : $"{Simple(type)}<{arguments}>";
    }

    private static bool IsTuple(Type type) => type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true;

    private static string Simple(Type type) => type.FullName switch
    {
        "System.Boolean" => "bool",
        "System.Int32" => "int",
        "System.Int64" => "long",
        "System.UInt32" => "uint",
        "System.Single" => "float",
        "System.Double" => "double",
        "System.Byte" => "byte",
        "System.String" => "string",
        "System.Object" => "object",
        "System.Void" => "void",
        _ => type.Name.Split('`')[0],
    };
}
