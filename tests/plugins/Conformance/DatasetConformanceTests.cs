using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>What every data set must do: an embedded one reads itself, one that needs files says which are missing.</summary>
public sealed class DatasetConformanceTests
{
    public static TheoryData<string> Embedded => [.. Datasets.Where(plugin => !TakesPath(plugin)).Select(plugin => plugin.Name)];

    public static TheoryData<string> FromFiles => [.. Datasets.Where(TakesPath).Select(plugin => plugin.Name)];

    private static IEnumerable<PluginDescriptor> Datasets => ConformanceHost.Catalog.Of(PluginKind.Dataset);

    [Theory, MemberData(nameof(Embedded))]
    public void Read_Anywhere_GivesTheSameImageAsOftenAsAskedAndALabel(string name)
    {
        foreach (var split in Enum.GetValues<DatasetSplit>())
        {
            using var data = Source(name).Open(split);
            var info = data.Info;

            long[] indices = [0, info.Count / 2, info.Count - 1];
            foreach (var index in indices)
            {
                var (first, second) = (new ImageBuffer(), new ImageBuffer());
                data.Read(index, first);
                Parallel.For(0, 4, _ => data.Read(index, new ImageBuffer()));
                data.Read(index, second);

                Assert.Equal(first.Pixels.ToArray(), second.Pixels.ToArray());
                Assert.Equal(info.Channels, first.Channels);
                Assert.Equal(info.Size ?? first.Size, first.Size);
                Assert.All(first.Pixels.ToArray(), pixel => Assert.InRange(pixel, 0, 1));
                Assert.InRange(data.Label(index), info.Classes.Count == 0 ? -1 : 0, info.Classes.Count - 1);
            }

            Assert.Equal((info.Channels, info.Channels), (info.Mean.Count, info.Std.Count));
            Assert.All(info.Std, deviation => Assert.True(deviation > 0));
        }
    }

    [Theory, MemberData(nameof(FromFiles))]
    public void Open_MissingPath_NamesIt(string name)
    {
        const string Path = "/nowhere/no-such-data";
        var source = Source(name, ("path", Path));

        var fault = Assert.Throws<ConfigurationException>(() => source.Open(DatasetSplit.Train));

        Assert.Contains(Path, fault.Message, StringComparison.Ordinal);
        Assert.Single(fault.Faults);
    }

    [Theory, MemberData(nameof(FromFiles))]
    public void Open_EmptyFolder_NamesIt(string name)
    {
        using var empty = new TemporaryFolder();
        var source = Source(name, ("path", empty.Path));

        var fault = Assert.Throws<ConfigurationException>(() => source.Open(DatasetSplit.Train));

        Assert.Contains(empty.Path, fault.Message, StringComparison.Ordinal);
    }

    private static bool TakesPath(PluginDescriptor plugin) => plugin.OptionsType?.GetProperty("Path") is not null;

    private static IDatasetSource Source(string name, params (string Key, object Value)[] options) =>
        PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Dataset, name), options.ToDictionary(o => o.Key, o => o.Value))
            .Create<IDatasetSource>(ConformanceHost.Get<PluginFactory>(), ConformanceHost.Get<IImageDecoder>());
}
