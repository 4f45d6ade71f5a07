using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;
using Parallax.Plugins.Parts;
using Parallax.Plugins.Tests.Conformance;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Tests.Parts;

/// <summary>What the builder gives are augmentation plugins with options that they know. The views of each method are in the table of views.</summary>
public sealed class ViewBuilderTests
{
    private static readonly ViewBuilder _view = new(224), _smallView = new(SmallImageSide);

    private static readonly Dictionary<string, AugmentationSpec?> _steps = new()
    {
        [nameof(ViewBuilder.Crop)] = _view.Crop(0.08, 0.5, side: 96),
        ["bicubic crop"] = _view.Crop(0.08, bicubic: true),
        [nameof(ViewBuilder.ShrinkingCrops)] = _view.ShrinkingCrops(1).Single().Crop,
        [nameof(ConstrainedCrop)] = ConstrainedCrop(96, 0.05, 0.14, minOverlap: 0.1, anchorView: 1, anchorScaleMin: 0.2),
        [nameof(SharedCrop)] = SharedCrop(256, 0.2, bicubic: true),
        [nameof(CellCrop)] = CellCrop(64, 3, 8),
        [nameof(ViewBuilder.ShiftedCrop)] = _view.ShiftedCrop(31),
        [nameof(ViewBuilder.PaddedCrop)] = _view.PaddedCrop(4),
        [nameof(ViewBuilder.ResizedCrop)] = _view.ResizedCrop(292.0 / 255).First(),
        [nameof(ViewBuilder.ProbeCrop)] = _view.ProbeCrop(0.08, bicubic: false).Single(),
        ["crop behind it"] = _view.ResizedCrop(292.0 / 255).Last(),
        [nameof(Flip)] = Flip(),
        [nameof(Jitter)] = Jitter(0.4, 0.4, 0.2, 0.1),
        [nameof(ViewBuilder.JitterOrAutoAugment)] = _view.JitterOrAutoAugment(0.5),
        [nameof(ViewBuilder.PairedColors)] = _view.PairedColors(1, 0.3, 0.5),
        [nameof(Grayscale)] = Grayscale(),
        [nameof(HsvNoise)] = HsvNoise(),
        [nameof(Lighting)] = Lighting(0.1),
        [nameof(ViewBuilder.Blur)] = _view.Blur(0.5),
        [nameof(ViewBuilder.BlurByTenth)] = _view.BlurByTenth(0.5),
        [nameof(ViewBuilder.SteadyBlur)] = _view.SteadyBlur(0.2, 2, 15),
        [nameof(Solarize)] = Solarize(0.2),
        [nameof(View)] = View().Steps.Single(),
    };

    public static TheoryData<string> Names => [.. _steps.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Step_OfTheBuilder_NamesAPluginAndOptionsThatBind(string name)
    {
        var step = _steps[name]!;
        DatasetInfo data = new("views", DatasetSplit.Train, 64, [], 3, null, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25], "00000000", "memory");

        var choice = PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Augmentation, step.Name), step.Options);

        Assert.NotNull(choice.Create<IAugmentation>(ConformanceHost.Get<PluginFactory>(), data, new RunInfo(data, 224, 8, 8, 1, 0)));
    }

    [Fact]
    public void Steps_OfTheTable_AreAllThatTheBuilderGives()
    {
        var given = typeof(ViewBuilder).GetMethods().Where(method => method.ReturnType == typeof(AugmentationSpec)).Select(method => method.Name);

        Assert.Subset(_steps.Keys.ToHashSet(), given.ToHashSet());
    }

    [Fact]
    public void View_OfSteps_LeavesOutNullsAndNormalizesLast() =>
        Assert.Equal("horizontal-flip normalize", string.Join(' ', View(Flip(), null, Solarize(0)).Steps.Select(step => step.Name)));

    [Fact]
    public void Blur_OfSmallImages_IsNoneUnlessAskedFor()
    {
        Assert.Null(_smallView.Blur(0.5));
        Assert.Null(_smallView.BlurByTenth(0.5));
        Assert.Equal(0.0, _smallView.JitterOrAutoAugment(0.5).Options["blurProbability"]);
        Assert.Equal(0.0, _smallView.PairedColors(0, 0.3, 0.5).Options["blurProbability"]);
        Assert.NotNull(_smallView.Blur(0.5, alsoSmall: true));
        Assert.NotNull(new ViewBuilder(SmallImageSide + 1).Blur(0.5));
    }

    [Theory]
    [InlineData(224, 23)]
    [InlineData(160, 17)]
    [InlineData(96, 9)]
    public void BlurByTenth_Side_SetsAnOddKernel(int side, int kernel)
    {
        Assert.Equal(kernel, new ViewBuilder(side).BlurByTenth(0.5)!.Options["kernelSize"]);
        Assert.Equal(kernel, _view.BlurByTenth(0.5, side)!.Options["kernelSize"]);
    }

    [Fact]
    public void ShrinkingCrops_OfTheSource_AreFive()
    {
        Assert.Equal([224, 192, 160, 128, 96], _view.ShrinkingCrops(MostShrinkingCrops).Select(crop => crop.Side));
        Assert.Equal([160, 128], new ViewBuilder(224).ShrinkingCrops(2, skip: 2).Select(crop => (int)crop.Crop.Options["size"]));
    }
}
