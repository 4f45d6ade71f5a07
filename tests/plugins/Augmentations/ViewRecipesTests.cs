using System.Reflection;
using Parallax.Contracts;
using Parallax.Plugins.Augmentations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>The recipes name existing plugins and options, and say what the papers say.</summary>
public sealed class ViewRecipesTests
{
    private static readonly Dictionary<string, PluginAttribute> Plugins = typeof(RandomResizedCrop).Assembly.GetTypes()
        .Select(t => t.GetCustomAttribute<PluginAttribute>()).OfType<PluginAttribute>().ToDictionary(p => p.Name);

    private static readonly Dictionary<string, ViewSpec> Recipes = new()
    {
        ["moco-v1"] = ViewRecipes.MoCoV1(224), ["moco-v2"] = ViewRecipes.MoCoV2(224), ["moco-small"] = ViewRecipes.MoCoSmall(32),
        ["simclr"] = ViewRecipes.SimCLR(224), ["simclr-small"] = ViewRecipes.SimCLRSmall(32),
        ["byol-first"] = ViewRecipes.BYOL(224).First, ["byol-second"] = ViewRecipes.BYOL(224).Second,
        ["byol-small-first"] = ViewRecipes.BYOLSmall(32).First, ["byol-small-second"] = ViewRecipes.BYOLSmall(32).Second,
        ["swav"] = ViewRecipes.SwAV(224), ["multi-crop-small"] = ViewRecipes.MultiCrop().Views[^1],
        ["weak"] = ViewRecipes.Weak(224), ["strong-last"] = ViewRecipes.WeakStrong(224, 5).Views[^1],
        ["sce-first"] = ViewRecipes.SCE(224).Views[0], ["sce-second"] = ViewRecipes.SCE(224).Views[1], ["sce-local"] = ViewRecipes.SCE(224, 4).Views[^1],
        ["relic-v2-large"] = ViewRecipes.ReLICv2(224).Views[0], ["relic-v2-small"] = ViewRecipes.ReLICv2(224).Views[^1],
    };

    public static TheoryData<string> Names => new(Recipes.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Recipe_EveryStep_NamesPluginAndItsOptions(string name)
    {
        foreach (var step in Recipes[name].Steps)
        {
            Assert.True(Plugins.TryGetValue(step.Name, out var plugin), $"no augmentation plugin is called '{step.Name}'");
            var keys = plugin.Options!.GetProperties().Select(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..]);
            Assert.Subset(keys.ToHashSet(), step.Options.Keys.ToHashSet());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Recipe_LastStep_NormalizesWithDataSetStatistics(string name)
    {
        // evaluations normalise with the same statistics: anything else would show the backbone other images than it was trained on
        var last = Recipes[name].Steps[^1];

        Assert.Equal("normalize", last.Name);
        Assert.Empty(last.Options);
    }

    [Theory]
    [InlineData("moco-v1", "random-resized-crop grayscale color-jitter horizontal-flip normalize")]
    [InlineData("moco-v2", "random-resized-crop color-jitter grayscale gaussian-blur horizontal-flip normalize")]
    [InlineData("moco-small", "random-resized-crop horizontal-flip color-jitter grayscale normalize")]
    [InlineData("simclr", "random-resized-crop horizontal-flip color-jitter grayscale gaussian-blur normalize")]
    [InlineData("simclr-small", "random-resized-crop horizontal-flip color-jitter grayscale normalize")]
    [InlineData("byol-first", "random-resized-crop horizontal-flip color-jitter grayscale gaussian-blur normalize")]
    [InlineData("byol-second", "random-resized-crop horizontal-flip color-jitter grayscale gaussian-blur solarize normalize")]
    [InlineData("weak", "random-resized-crop horizontal-flip normalize")]
    [InlineData("strong-last", "random-resized-crop color-jitter grayscale gaussian-blur horizontal-flip normalize")]
    [InlineData("sce-first", "random-resized-crop color-jitter grayscale gaussian-blur horizontal-flip normalize")]
    [InlineData("sce-second", "random-resized-crop color-jitter grayscale gaussian-blur solarize horizontal-flip normalize")]
    [InlineData("byol-small-second", "random-resized-crop horizontal-flip color-jitter grayscale solarize normalize")]
    public void Recipe_Steps_FollowOrderOfSource(string name, string steps) =>
        Assert.Equal(steps, string.Join(' ', Recipes[name].Steps.Select(s => s.Name)));

    [Fact]
    public void SimCLR_Strength_ScalesJitter()
    {
        var jitter = ViewRecipes.SimCLR(224, strength: 0.5).Steps.Single(s => s.Name == "color-jitter");

        Assert.Equal(0.4, jitter.Options["brightness"]);
        Assert.Equal(0.1, jitter.Options["hue"]);
        Assert.Equal(0.8, jitter.Options["probability"]);
    }

    [Theory]
    [InlineData(224, 23)]
    [InlineData(160, 17)]
    [InlineData(96, 9)]
    public void SimCLR_Size_SetsOddKernelOfTenth(int size, int kernelSize)
    {
        var blur = ViewRecipes.SimCLR(size).Steps.Single(s => s.Name == "gaussian-blur");

        Assert.Equal(kernelSize, blur.Options["kernelSize"]);
    }

    [Fact]
    public void MultiCrop_Views_AreTwoLargeThenSmall()
    {
        var plan = ViewRecipes.MultiCrop(160, 64, smallCount: 4);

        var crops = plan.Views.Select(v => v.Steps[0].Options).Select(o => (o["size"], o["scaleMin"], o["scaleMax"]));

        Assert.Equal([(160, 0.14, 1.0), (160, 0.14, 1.0), .. Enumerable.Repeat<(object, object, object)>((64, 0.05, 0.14), 4)], crops);
    }

    [Fact]
    public void SCE_LocalViews_ShrinkInSideAndShare()
    {
        var crops = ViewRecipes.SCE(224, localViews: 4).Views.Skip(2).Select(v => v.Steps[0].Options).Select(o => (o["size"], o["scaleMin"], o["scaleMax"]));

        Assert.Equal<(object, object, object)>([(192, 0.172, 0.86), (160, 0.143, 0.715), (128, 0.114, 0.571), (96, 0.086, 0.429)], crops);
    }

    [Fact]
    public void ReLICv2_SmallImages_AreNotBlurred() =>
        Assert.All(ViewRecipes.ReLICv2(32).Views, view => Assert.DoesNotContain(view.Steps, step => step.Name == "gaussian-blur"));

    [Fact]
    public void WeakStrong_MoreThanFiveStrongViews_AreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ViewRecipes.WeakStrong(224, 6));
}
