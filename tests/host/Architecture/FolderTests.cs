using ArchUnitNET.Domain.Extensions;
using ArchUnitNET.Loader;
using Parallax.Host.Files;

namespace Parallax.Host.Tests.Architecture;

/// <summary>How the folders of <c>host/</c> use each other. Read from the built code, so that lambdas, generic arguments and attributes count.</summary>
[Collection(AloneCollection.Name)]   // reads whole assemblies: collections that much memory brings on would fall into the steps of other tests
public sealed class FolderTests
{
    // From the lowest to the highest: each may use those before it. Composition.cs and Program.cs, in no folder, put all of them together.
    private static readonly string[] Order =
    [
        "Files", "Images", "Weights", "Schedules", "Terminal", "Processes", "Plugins", "Packages", "Scaffolding", "Configuration", "Data", "Surveys", "Packing",
            "Distributed", "Tracking",
        "Experiments", "Evaluation", "Training", "Embeddings", "Export", "Verification", "Planning", "Leaderboards", "Demo", "Reports", "Watching", "Cli",
    ];

    private static readonly string Sources = Path.Combine(RepositoryFiles.Root, "host");

    private static readonly Lazy<ArchUnitNET.Domain.Architecture> Host = new(() => new ArchLoader().LoadAssemblies(typeof(UserPath).Assembly).Build());

    [Fact]
    public void Folders_EachUsesOnlyThoseBelowIt()
    {
        var upwards =
            from type in Host.Value.Types
            where FolderOf(type.FullName) is not null
            from used in type.GetTypeDependencies(Host.Value)
            where used.FullName.StartsWith("Parallax.Host.", StringComparison.Ordinal) && Level(FolderOf(used.FullName)) > Level(FolderOf(type.FullName))
            select $"{type.FullName} uses {used.FullName}";

        Assert.Empty(upwards.Distinct());
    }

    [Fact]
    public void Folders_AllAreInTheOrder() => Assert.Equal(
        Order.Order(StringComparer.Ordinal),
        SourceFolders().Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal));

    [Fact]
    public void Sources_Namespace_IsTheFolder() => Assert.All(
        SourceFolders().SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)),
        file => Assert.Contains(
            $"namespace Parallax.Host.{Path.GetRelativePath(Sources, file).Split('/')[0]};", File.ReadLines(file)));

    [Theory]
    [InlineData(typeof(InLambda))]
    [InlineData(typeof(InIterator))]
    [InlineData(typeof(InGenericArgument))]
    [InlineData(typeof(InTypeOf))]
    [InlineData(typeof(InAttribute))]
    public void Dependencies_AreSeenWhereverTheyAre(System.Type user)
    {
        // By namespaces, because the whole assembly takes seconds; nested types would be left out so.
        var samples = new ArchLoader().LoadNamespacesWithinAssembly(GetType().Assembly, GetType().Namespace!).Build();

        var used = samples.Types.Single(type => type.FullName == user.FullName).GetTypeDependencies(samples).Select(type => type.FullName);

        Assert.Contains(typeof(UsedAttribute).FullName, used);
    }

    private static IEnumerable<string> SourceFolders() => Directory.EnumerateDirectories(Sources)
        .Where(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Any());

    private static string? FolderOf(string type) => type.Split('.') is ["Parallax", "Host", var folder, _, ..] ? folder : null;

    private static int Level(string? folder) => folder is null ? Order.Length : Array.IndexOf(Order, folder);
}

[AttributeUsage(AttributeTargets.Class)]
internal sealed class UsedAttribute : Attribute
{
    public static int Value() => 1;
}

internal sealed class InLambda
{
    public Func<int, Func<int>> Of => a => () => a + UsedAttribute.Value();
}

internal sealed class InIterator
{
    public static IEnumerable<int> Of()
    {
        yield return UsedAttribute.Value();
    }
}

internal sealed class InGenericArgument
{
    public static int Of() => new List<UsedAttribute>().Count;
}

internal sealed class InTypeOf
{
    public static object Of() => typeof(UsedAttribute);
}

[Used]
internal sealed class InAttribute;
