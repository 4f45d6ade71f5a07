using System.Reflection;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Plugins;

public sealed class PluginCatalogTests : IDisposable
{
    private readonly PluginProjects _projects = new();

    [Fact]
    public void Discover_SoundFolder_ReadsKindNameAndPaper()
    {
        _projects.Add("SoundPlugins");

        var catalog = Discover();

        Assert.Empty(catalog.Rejected);
        Assert.Equal(["hum", "whistle", "ear", "echo", "needy", "silence", "applause"], catalog.Plugins.Select(plugin => plugin.Name));
        var echo = catalog.Get(PluginKind.Augmentation, "echo");
        Assert.Equal("Repeats itself.", echo.Summary);
        Assert.Equal("sound", echo.Family);
        Assert.Equal(new Version(1, 2, 3, 0), echo.Version);
        Assert.Equal(new PaperInfo("On Echoes", "N. Nymph", "Mountain Letters", 2001, "0101.00001"), echo.Paper);
        Assert.Equal("N. Nymph, \"On Echoes\", Mountain Letters 2001, https://arxiv.org/abs/0101.00001", echo.Paper.ToString());
        Assert.Equal(PluginKind.Dataset, catalog.Plugins.Single(plugin => plugin.Name == "silence").Kind);
    }

    [Fact]
    public void Get_FormerName_SaysTheNewOne()
    {
        _projects.Add("SoundPlugins");
        var catalog = Discover();

        var fault = Assert.Throws<ConfigurationException>(() => catalog.Get(PluginKind.Method, "murmur"));

        Assert.Equal("The method 'murmur' is now 'hum'. Write hum.", fault.Message);
        Assert.Equal(["murmur", "buzz"], catalog.Get(PluginKind.Method, "hum").FormerNames);
        Assert.Empty(catalog.Get(PluginKind.Method, "whistle").FormerNames);
        Assert.StartsWith("There is no augmentation 'murmur'.", Assert.Throws<ConfigurationException>(
            () => catalog.Get(PluginKind.Augmentation, "murmur")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Discover_SoundFolder_LoadsNothing()
    {
        _projects.Add("SoundPlugins", "unloaded");

        var catalog = Discover();

        Assert.NotEmpty(catalog.Plugins);
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.Location.StartsWith(_projects.Root, StringComparison.Ordinal));
    }

    [Fact]
    public void Type_SameFileInTwoFolders_AreDifferentTypes()
    {
        var first = Discover(_projects.Add("SoundPlugins", "first")).Get(PluginKind.Augmentation, "echo");
        var second = Discover(_projects.Add("SoundPlugins", "second")).Get(PluginKind.Augmentation, "echo");

        Assert.NotEqual(first.Type, second.Type);
        Assert.True(first.Type.IsAssignableTo(typeof(IAugmentation)));
        Assert.True(second.Type.IsAssignableTo(typeof(IAugmentation)));
        Assert.Equal("EchoOptions", first.OptionsType!.Name);
    }

    [Fact]
    public void Discover_OwnCopyOfContracts_UsesTheHosts()
    {
        var folder = _projects.Add("SoundPlugins");
        File.Copy(typeof(IAugmentation).Assembly.Location, Path.Combine(folder, "Parallax.Contracts.dll"));

        var echo = Discover().Get(PluginKind.Augmentation, "echo");

        Assert.True(echo.Type.IsAssignableTo(typeof(IAugmentation)));
    }

    [Fact]
    public void Type_OwnCopyOfTorchSharp_UsesTheHosts()
    {
        var folder = _projects.Add("SoundPlugins");
        File.Copy(typeof(Tensor).Assembly.Location, Path.Combine(folder, "TorchSharp.dll"));

        var ear = Discover().Get(PluginKind.Backbone, "ear");

        Assert.True(ear.Type.IsAssignableTo(typeof(Module<Tensor, Tensor>)));
    }

    [Fact]
    public void Type_OtherVersionsOfAPackage_ArePrivate()
    {
        _projects.Add("OlderDependency");
        _projects.Add("NewerDependency");
        var catalog = Discover();

        var plugins = catalog.Of(PluginKind.Augmentation)
            .Select(plugin => Assert.IsType<IAugmentation>(Activator.CreateInstance(plugin.Type), exactMatch: false));
        var versions = plugins.Select(plugin => plugin.ToString()).ToArray();

        Assert.Empty(catalog.Rejected);
        Assert.Equal(["8.8.0", "8.5.2"], versions.Select(version => version![..5]));   // newer, older
        Assert.DoesNotContain(typeof(Polly.ResiliencePipeline).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()!.Version, versions);
    }

    [Fact]
    public void Discover_MissingDependency_IsRejectedAndTheOthersStay()
    {
        File.Delete(Path.Combine(_projects.Add("SoundPlugins"), "SoundLibrary.dll"));
        _projects.Add("RivalPlugins");

        var catalog = Discover();

        Assert.Equal(["echo", "reverb"], catalog.Plugins.Select(plugin => plugin.Name));
        var rejected = Assert.Single(catalog.Rejected, plugin => plugin.Name == "echo");
        Assert.Contains("SoundPlugins.dll needs SoundLibrary 0.1.0.0", rejected.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Get_DuplicateName_NamesBothAssembliesAndLeavesTheOthers()
    {
        var sound = _projects.Add("SoundPlugins");
        var rival = _projects.Add("RivalPlugins");

        var catalog = Discover();
        var fault = Assert.Throws<ConfigurationException>(() => catalog.Get(PluginKind.Augmentation, "echo"));

        Assert.Equal(["needy", "reverb"], catalog.Of(PluginKind.Augmentation).Select(plugin => plugin.Name));
        Assert.Contains(Path.Combine(sound, "SoundPlugins.dll"), fault.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(rival, "RivalPlugins.dll"), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Get_OtherContractVersion_SaysBothVersions()
    {
        _projects.Add("FuturePlugins");
        _projects.Add("RivalPlugins");

        var catalog = Discover();
        var fault = Assert.Throws<ConfigurationException>(() => catalog.Get(PluginKind.Evaluator, "future"));

        Assert.Equal(2, catalog.Plugins.Count);
        Assert.Contains("built against contracts 99.0.0.0, this host has "
            + typeof(IMethod).Assembly.GetName().Version, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not-sealed", "is not sealed")]
    [InlineData("not-public", "is not public")]
    [InlineData("no-contract",
        "implements none of the contracts IMethod, IBackbone, IAugmentation, IDatasetSource, "
        + "IEvaluator, ILayerEvaluator, ITrainingEvaluator, IZeroShotEvaluator, IClassHeadEvaluator itself")]
    [InlineData("no-such-kind",
        "implements none of the contracts IMethod, IBackbone, IAugmentation, IDatasetSource, "
        + "IEvaluator, ILayerEvaluator, ITrainingEvaluator, IZeroShotEvaluator, IClassHeadEvaluator itself")]
    [InlineData("Not Kebab", "kebab-case")]
    public void Discover_FaultyClass_IsRejectedWithItsReason(string name, string reason)
    {
        _projects.Add("FaultyPlugins");

        var catalog = Discover();

        Assert.Equal("sound", Assert.Single(catalog.Plugins).Name);
        Assert.Contains(reason, Assert.Single(catalog.Rejected, plugin => plugin.Name == name).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Discover_NoAssembly_IsRejectedAndTheOthersStay()
    {
        File.WriteAllText(Path.Combine(_projects.Add("RivalPlugins"), "Torn.dll"), "half a download");

        var catalog = Discover();

        Assert.Equal(2, catalog.Plugins.Count);
        Assert.EndsWith("Torn.dll", Assert.Single(catalog.Rejected).File, StringComparison.Ordinal);
    }

    [Fact]
    public void Discover_LibraryFolder_SaysNoPluginIsThere()
    {
        _projects.Add("SoundLibrary");

        var rejected = Assert.Single(Discover().Rejected);

        Assert.Contains("No class with [Plugin]", rejected.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Discover_AskedFolders_TakesThemOrTheirSubfoldersOrSaysWhyNot()
    {
        var folder = _projects.Add("RivalPlugins", "outer/inner");
        var empty = Directory.CreateDirectory(Path.Combine(_projects.Root, "empty")).FullName;
        var missing = Path.Combine(_projects.Root, "missing");

        Assert.Equal(2, Discover(folder).Plugins.Count);
        Assert.Equal(2, Discover(Path.GetDirectoryName(folder)!).Plugins.Count);
        Assert.Equal(2, Discover(folder, folder).Plugins.Count);
        Assert.Contains("No plugin is in this folder", Assert.Single(Discover(empty).Rejected).Reason, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Single(Discover(missing).Rejected).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Get_UnknownName_OffersTheNearestAndListsAll()
    {
        _projects.Add("RivalPlugins");

        var fault = Assert.Throws<ConfigurationException>(() => Discover().Get(PluginKind.Augmentation, "reverv"));

        Assert.Equal("There is no augmentation 'reverv'. Did you mean 'reverb'? Known: echo, reverb. "
            + "More are given with --plugins DIR, or added by 'parallax plugins install NAME'.", fault.Message);
    }

    public void Dispose() => _projects.Dispose();

    private PluginCatalog Discover(params string[] asked) =>
        PluginCatalog.Discover(asked.Length == 0 ? new([_projects.Root], []) : new([], asked));
}
