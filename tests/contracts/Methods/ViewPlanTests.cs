using Parallax.Contracts;

namespace Parallax.Contracts.Tests.Methods;

/// <summary>Plans of views are short to write.</summary>
public sealed class ViewPlanTests
{
    [Fact]
    public void Same_Count_RepeatsView()
    {
        var view = new ViewSpec([new("normalize")]);

        var plan = ViewPlan.Same(3, view);

        Assert.Equal([view, view, view], plan.Views);
    }

    [Fact]
    public void Constructor_Pairs_BecomeOptions()
    {
        var step = new AugmentationSpec("resize", ("size", 256), ("interpolation", "bicubic"));

        Assert.Equal("resize", step.Name);
        Assert.Equal(256, step.Options["size"]);
        Assert.Equal("bicubic", step.Options["interpolation"]);
        Assert.Equal(2, step.Options.Count);
    }
}
