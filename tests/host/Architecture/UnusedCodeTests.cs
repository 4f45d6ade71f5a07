using Mono.Cecil;
using Mono.Cecil.Rocks;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Architecture;

/// <summary>What is public is used by the product itself: tests and benchmarks are no use.</summary>
[Collection(AloneCollection.Name)]   // reads whole assemblies: collections that much memory brings on would fall into the steps of other tests
public sealed class UnusedCodeTests
{
    // Public types that the product itself does not use, each with the reason for which it stays.
    private static readonly Dictionary<string, string> Exceptions = [];

    // The same for members. Constructors are left out: containers call them.
    private static readonly Dictionary<string, string> MemberExceptions = new()
    {
        ["Parallax.Torch.OperatorRecorder::Counts"] = "what is fast is held by numbers of calls, in tests and benchmarks",
        ["Parallax.Torch.ProcessGroup::Barrier"] = "processes that are compared or timed begin together",
    };

    private static readonly string[] Layers = ["Parallax.Contracts", "Parallax.Torch", "Parallax.Parts", "Parallax.Host"];

    [Fact]
    public void PublicTypes_AreUsedByTheProduct()
    {
        var product = Product();
        var used = product.SelectMany(module => module.GetTypes())
            .SelectMany(user => Named(user).SelectMany(Parts).Where(name => name != Outermost(user).FullName && name != user.FullName)).ToHashSet();

        var unused = Public(product).Select(type => type.FullName).Where(name => !used.Contains(name));

        Assert.Equal(Exceptions.Keys.Order(StringComparer.Ordinal), unused.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void PublicMembers_AreUsedByTheProduct()
    {
        var product = Product();
        var used = product.SelectMany(module => module.GetTypes()).SelectMany(type => type.Methods).Where(method => method.HasBody)
            .SelectMany(method => method.Body.Instructions.Select(call => Defined(call.Operand)).Where(name => name != method.FullName)).ToHashSet();

        var unused = Public(product).Where(type => type.BaseType?.Name is not (nameof(Attribute) or nameof(MulticastDelegate))).SelectMany(Members)
            .Where(member => !member.Any(method => used.Contains(method.FullName)))
            .Select(member => $"{member[0].DeclaringType.FullName}::{NameOf(member[0])}");

        Assert.Equal(MemberExceptions.Keys.Order(StringComparer.Ordinal), unused.Distinct().Order(StringComparer.Ordinal));
    }

    private static List<ModuleDefinition> Product()
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        string[] folders = [Path.GetDirectoryName(RepositoryFiles.Plugins)!, .. Directory.EnumerateDirectories(RepositoryFiles.Plugins)];
        var resolver = new DefaultAssemblyResolver();
        foreach (var folder in folders)
        {
            resolver.AddSearchDirectory(folder);
        }

        return
        [
            .. folders.SelectMany(folder => Directory.EnumerateFiles(folder, "Parallax.*.dll")).DistinctBy(Path.GetFileName)
                .Select(file => ModuleDefinition.ReadModule(file, new() { AssemblyResolver = resolver })),
        ];
    }

    private static IEnumerable<TypeDefinition> Public(IEnumerable<ModuleDefinition> product) => product
        .Where(module => Layers.Contains(module.Assembly.Name.Name)).SelectMany(module => module.GetTypes()).Where(IsPublic)
        .Where(type => !type.CustomAttributes.Any(attribute => attribute.AttributeType.Name == nameof(PluginAttribute)));

    private static bool IsPublic(TypeDefinition type) => type.IsNested ? type.IsNestedPublic && IsPublic(type.DeclaringType) : type.IsPublic;

    private static TypeDefinition Outermost(TypeDefinition type) => type.IsNested ? Outermost(type.DeclaringType) : type;

    /// <summary>The types that a type names: in bases, attributes, signatures and bodies.</summary>
    private static IEnumerable<TypeReference?> Named(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(implemented => implemented.InterfaceType),
        .. type.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType),
        .. type.Fields.Select(field => field.FieldType),
        .. type.Methods.SelectMany(method => method.Parameters.Select(parameter => parameter.ParameterType).Append(method.ReturnType)),
        .. type.Methods.Where(method => method.HasBody).SelectMany(method => method.Body.Instructions.SelectMany(instruction => Named(instruction.Operand))),
        .. new ICustomAttributeProvider[] { type }.Concat(type.Fields).Concat(type.Properties).Concat(type.Methods)
            .Concat(type.Methods.SelectMany(method => method.Parameters)).SelectMany(place => place.CustomAttributes).SelectMany(Named),
    ];

    private static IEnumerable<TypeReference?> Named(object? operand) => operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod method => [method.DeclaringType, .. method.GenericArguments],
        MemberReference member => [member.DeclaringType],
        _ => [],
    };

    private static IEnumerable<TypeReference?> Named(CustomAttribute attribute) =>
    [
        attribute.AttributeType,
        .. attribute.ConstructorArguments.Concat(attribute.Properties.Select(property => property.Argument)).Select(value => value.Value as TypeReference),
    ];

    private static IEnumerable<string> Parts(TypeReference? type) => type switch
    {
        null or FunctionPointerType => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType.FullName),
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type.FullName],
    };

    private static string Defined(object? operand) =>
        operand is MethodReference method && method.DeclaringType.FullName.StartsWith(nameof(Parallax), StringComparison.Ordinal)
            ? method.Resolve()?.FullName ?? ""
            : "";

    /// <summary>The public members that a type declares itself: a method each, or the accessors of a property.</summary>
    private static IEnumerable<IReadOnlyList<MethodDefinition>> Members(TypeDefinition type) => type.Properties
        .Select(property => new[] { property.GetMethod, property.SetMethod }.OfType<MethodDefinition>().ToList())
        .Concat(type.Methods.Where(method => !method.IsSpecialName && !IsGenerated(method)).Select(method => new List<MethodDefinition> { method }))
        .Where(member => member[0].IsPublic && !IsGivenByABase(member[0]));

    private static string NameOf(MethodDefinition method) => method.IsGetter || method.IsSetter ? method.Name[4..] : method.Name;

    private static bool IsGenerated(MethodDefinition method) =>
        method.Name is "Deconstruct" or "<Clone>$" || method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "CompilerGeneratedAttribute");

    private static bool IsGivenByABase(MethodDefinition method) =>
        method.IsVirtual && !method.DeclaringType.IsInterface && (!method.IsNewSlot || method.IsFinal || IsOfAnInterface(method));

    private static bool IsOfAnInterface(MethodDefinition method) => method.DeclaringType.Interfaces
        .Select(implemented => implemented.InterfaceType.Resolve()).Any(type => type?.Methods.Any(member => member.Name == method.Name) == true);
}
