using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;
using Parallax.Host.Tests.Plugins;
using Parallax.Host.Tests.Tracking;

namespace Parallax.Host.Tests.Configuration;

public sealed class RecipeFileTests : IDisposable
{
    private readonly PluginProjects _projects = new();
    private readonly ListLogger _told = new();
    private readonly RecipeReader _reader;

    public RecipeFileTests()
    {
        Write("bases/sound.yaml", "data: {name: silence, path: here}\nbackbone: {name: ear}");
        Write("hum/small.yaml", "extends: ../bases/sound.yaml\nmethod: {name: hum, temperature: 0.5}");
        _projects.Add("SoundPlugins");
        _reader = new(PluginCatalog.Discover(new([_projects.Root], [])), new Logger<RecipeReader>(_told));
    }

    [Theory]
    [InlineData("hum/small.yaml")]
    [InlineData("hum/small")]
    public void Read_NameOfToday_IsReadWithoutANotice(string name)
    {
        var configuration = _reader.Read(Path.Combine(_projects.Root, name), []);

        Assert.Equal("0.5", configuration.Flatten()["method.temperature"]);
        Assert.Empty(_told.Lines);
    }

    [Theory]
    [InlineData("hum-small.yaml")]
    [InlineData("hum-small")]
    public void Read_NameOfBefore_IsReadAndSaysTheNewOneOnce(string name)
    {
        var path = Path.Combine(_projects.Root, name);

        var configuration = _reader.Read(path, []);
        _reader.Read(path, []);

        Assert.Equal("0.5", configuration.Flatten()["method.temperature"]);
        Assert.Equal([$"{path} is now {Path.Combine(_projects.Root, "hum", "small.yaml")}"], _told.Lines);
    }

    [Fact]
    public void Read_ExtendsNameOfBefore_IsReadAndSaysTheNewOne()
    {
        Write("mine.yaml", "extends: hum-small.yaml\ntrainer: {epochs: 3}");

        var configuration = _reader.Read(Path.Combine(_projects.Root, "mine.yaml"), []);

        Assert.Equal(3, configuration.Trainer.Epochs);
        Assert.Equal([$"hum-small.yaml is now {Path.Combine(_projects.Root, "hum", "small.yaml")}"], _told.Lines);
    }

    [Fact]
    public void Find_MethodAndPartOfItsName_TakesTheLongestMethod()
    {
        Write("hum-two/small.yaml", "");
        Write("hum/two-small.yaml", "");

        var file = RecipeFile.Find("hum-two-small", [_projects.Root], []);

        Assert.Equal(Path.Combine(_projects.Root, "hum-two", "small.yaml"), file.Path);
    }

    [Fact]
    public void Find_ShippedRecipe_IsFoundBesideTheProgram()
    {
        var places = RecipeFile.Places.Where(Path.IsPathRooted).ToList();

        var (today, before) = (RecipeFile.Find("simclr/small", places, []), RecipeFile.Find("recipes/simclr-small.yaml", places, []));

        Assert.Equal(Path.Combine(AppContext.BaseDirectory, "recipes", "simclr", "small.yaml"), today.Path);
        Assert.Equal((today.Path, true), (before.Path, before.IsMoved));
    }

    [Fact]
    public void Find_ShippedRecipeOfARenamedMethod_IsFoundByTheListBesideTheRecipes()
    {
        var places = RecipeFile.Places.Where(Path.IsPathRooted).ToList();
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "recipes", "renamed.txt")).Select(line => line.Split(' ')).ToList();

        Assert.NotEmpty(lines);
        Assert.All(lines, names => Assert.Equal(
            new(Path.Combine(AppContext.BaseDirectory, "recipes", names[1] + ".yaml"), IsMoved: true),
                RecipeFile.Find($"recipes/{names[0]}.yaml", places, [])));
    }

    [Fact]
    public void Find_NearlyAShippedRecipe_NamesIt()
    {
        var fault = Assert.Throws<ConfigurationException>(() => RecipeFile.Find("simclr/smal", [_projects.Root], []));

        Assert.Equal("The recipe simclr/smal does not exist. Did you mean 'simclr/small'?", fault.Message);
    }

    [Theory]
    [InlineData("simclr-cifr10", " Did you mean 'simclr/cifar10'?")]
    [InlineData("/", "")]
    public void Find_Nothing_SaysSo(string name, string hint)
    {
        var fault = Assert.Throws<ConfigurationException>(() => RecipeFile.Find(name, [_projects.Root], []));

        Assert.StartsWith($"The recipe {name} does not exist.{hint}", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _projects.Dispose();

    private void Write(string name, string yaml)
    {
        var path = Path.Combine(_projects.Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, yaml);
    }
}
