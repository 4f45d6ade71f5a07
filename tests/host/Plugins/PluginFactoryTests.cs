using Microsoft.Extensions.DependencyInjection;
using Parallax.Host.Plugins;
using Parallax.Host.Terminal;

namespace Parallax.Host.Tests.Plugins;

public sealed class PluginFactoryTests : IDisposable
{
    private readonly PluginProjects _projects = new();
    private readonly ServiceProvider _services;

    public PluginFactoryTests()
    {
        var folder = _projects.Add("SoundPlugins");
        _services = Composition.Create(CliOutput.Silent, new([], [folder]));
    }

    private PluginCatalog Catalog => _services.GetRequiredService<PluginCatalog>();

    private PluginFactory Factory => _services.GetRequiredService<PluginFactory>();

    [Fact]
    public void Create_OptionsAndLogger_AreGivenByType()
    {
        var echo = Catalog.Get(PluginKind.Augmentation, "echo");
        var options = Activator.CreateInstance(echo.OptionsType!)!;

        var augmentation = Factory.Create<IAugmentation>(echo, options, "unused");

        Assert.Equal(4, augmentation.ParameterCount);   // twice the default of two echoes, by the plugin's own library
    }

    [Fact]
    public void Create_UnknownParameter_SaysWhatTheHostGives()
    {
        var needy = Catalog.Get(PluginKind.Augmentation, "needy");

        var fault = Assert.Throws<ConfigurationException>(() => Factory.Create<IAugmentation>(needy, new object()));

        Assert.Contains("asks for IFormatProvider format", fault.Message, StringComparison.Ordinal);
        Assert.Contains("It gives: ILogger, Object", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _services.Dispose();
        _projects.Dispose();
    }
}
