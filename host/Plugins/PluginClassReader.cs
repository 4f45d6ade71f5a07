using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Text.RegularExpressions;

namespace Parallax.Host.Plugins;

/// <summary>Finds the classes with <see cref="PluginAttribute"/> in the metadata of one assembly.</summary>
internal sealed partial class PluginClassReader(MetadataReader reader)
{
    private static readonly string AttributeName = typeof(PluginAttribute).FullName!;

    private readonly Version _version = reader.GetAssemblyDefinition().Version;

    public IEnumerable<PluginMetadata> ReadAll() =>
        from handle in reader.TypeDefinitions
        let type = reader.GetTypeDefinition(handle)
        from attribute in type.GetCustomAttributes().Select(reader.GetCustomAttribute)
        where AttributeTypeName(attribute) == AttributeName
        select Read(type, attribute);

    private PluginMetadata Read(TypeDefinition type, CustomAttribute attribute)
    {
        var value = attribute.DecodeValue(AttributeTypes.Instance);
        var named = value.NamedArguments.ToDictionary(argument => argument.Name!, argument => argument.Value);
        string Text(string key) => named.GetValueOrDefault(key) as string ?? "";

        var name = value.FixedArguments[0].Value as string ?? "";
        var typeName = FullName(type);
        PluginKind[] kinds = [.. Kinds(type)];

        return new(name, typeName, kinds.Length == 1 ? kinds[0] : null, _version)
        {
            OptionsTypeName = named.GetValueOrDefault(nameof(PluginAttribute.Options)) as string,
            Preset = Text(nameof(PluginAttribute.Preset)),
            Summary = Text(nameof(PluginAttribute.Summary)),
            Family = Text(nameof(PluginAttribute.Family)),
            Taxonomy = named.GetValueOrDefault(nameof(PluginAttribute.Taxonomy)) as string,
            PseudoLabel = named.GetValueOrDefault(nameof(PluginAttribute.PseudoLabel)) as string,
            Paper = new(
                Text(nameof(PluginAttribute.Paper)), Text(nameof(PluginAttribute.Authors)), Text(nameof(PluginAttribute.Venue)),
                named.GetValueOrDefault(nameof(PluginAttribute.Year)) as int? ?? 0, Text(nameof(PluginAttribute.ArXiv))),
            FormerNames = named.GetValueOrDefault(nameof(PluginAttribute.FormerNames)) is ImmutableArray<CustomAttributeTypedArgument<string>> names
                ? [.. names.Select(former => former.Value).OfType<string>()]
                : [],
            Fault = Fault(type, typeName, name, kinds),
        };
    }

    private static string? Fault(TypeDefinition type, string typeName, string name, PluginKind[] kinds)
    {
        var contracts = string.Join(", ", PluginKinds.ByContract.Keys.Select(contract => contract[(contract.LastIndexOf('.') + 1)..]));

        return type.Attributes switch
        {
            _ when !KebabCase().IsMatch(name) => $"{typeName} is named '{name}'. A plugin name is kebab-case: lower-case letters, digits and single dashes.",
            _ when kinds.Length == 0 => $"{typeName} implements none of the contracts {contracts} itself. Implement the one that fits.",
            _ when kinds.Length > 1 => $"{typeName} implements several of the contracts {contracts}. Give each its own class.",
            var attributes when (attributes & TypeAttributes.VisibilityMask) is not (TypeAttributes.Public or TypeAttributes.NestedPublic) =>
                $"{typeName} is not public, so the host cannot create it. Declare it public sealed.",
            var attributes when !attributes.HasFlag(TypeAttributes.Sealed) => $"{typeName} is not sealed. Declare it public sealed.",
            _ => null,
        };
    }

    private IEnumerable<PluginKind> Kinds(TypeDefinition type) =>
        from handle in type.GetInterfaceImplementations()
        let contract = reader.GetInterfaceImplementation(handle).Interface
        where contract.Kind == HandleKind.TypeReference && PluginKinds.ByContract.ContainsKey(FullName((TypeReferenceHandle)contract))
        select PluginKinds.ByContract[FullName((TypeReferenceHandle)contract)];

    private string? AttributeTypeName(CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference)
        {
            return null;   // an attribute declared in this assembly
        }

        var parent = reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;

        return parent.Kind == HandleKind.TypeReference ? FullName((TypeReferenceHandle)parent) : null;
    }

    private string FullName(TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);

        return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }

    private string FullName(TypeDefinition type)
    {
        var name = reader.GetString(type.Name);
        if (type.GetDeclaringType() is { IsNil: false } outer)
        {
            return $"{FullName(reader.GetTypeDefinition(outer))}+{name}";
        }

        return type.Namespace.IsNil ? name : $"{reader.GetString(type.Namespace)}.{name}";
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex KebabCase();

    /// <summary>Decodes attribute arguments: strings, numbers, and types by their serialized names.</summary>
    private sealed class AttributeTypes : ICustomAttributeTypeProvider<string>
    {
        public static readonly AttributeTypes Instance = new();

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

        public string GetSystemType() => nameof(Type);

        public bool IsSystemType(string type) => type is nameof(Type) or "System.Type";

        public string GetSZArrayType(string elementType) => $"{elementType}[]";

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
            reader.GetString(reader.GetTypeDefinition(handle).Name);

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            var type = reader.GetTypeReference(handle);

            return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
        }

        public string GetTypeFromSerializedName(string name) => name;

        public PrimitiveTypeCode GetUnderlyingEnumType(string type) => PrimitiveTypeCode.Int32;
    }
}
