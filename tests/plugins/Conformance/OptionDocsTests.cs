using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>What <c>describe</c> shows of options.</summary>
public sealed class OptionDocsTests
{
    public static TheoryData<PluginKind> Kinds => [.. Enum.GetValues<PluginKind>()];

    [Theory, MemberData(nameof(Kinds))]
    public void Options_OfEveryPlugin_HaveAMeaning(PluginKind kind) => Assert.Empty(
        from plugin in ConformanceHost.Catalog.Of(kind)
        from option in plugin.OptionsType is { } record ? OptionReference.Of(record) : []
        where option.Summary.Length == 0
        select $"{plugin.Name}.{option.Key}");

    [Fact]
    public void Options_WhoseMeaningIsThatOfAnother_HaveItsText()
    {
        Assert.StartsWith("Images of each class that are learned from.", Summary("svm-lowshot-layers", "shots"), StringComparison.Ordinal);
        Assert.Equal(Summary("svm-voc07", "costs"), Summary("svm-lowshot-layers", "costs"));

        static string Summary(string protocol, string key) => OptionReference.Of(
            ConformanceHost.Catalog.Get(PluginKind.Evaluator, protocol).OptionsType!).Single(option => option.Key == key).Summary;
    }
}
