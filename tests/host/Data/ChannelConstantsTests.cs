using Parallax.Contracts;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

public sealed class ChannelConstantsTests
{
    private static readonly ChannelConstants Trained = new([0.25, 0.5, 0.75], [0.125, 0.25, 0.5]);

    [Fact]
    public void On_DataOfAsManyChannels_ReplacesMeanAndDeviationAlone()
    {
        var data = new FakeDataset(4).Info;

        var normalised = Trained.On(data);

        Assert.Equal(data with { Mean = Trained.Mean, Std = Trained.Std }, normalised);
        Assert.NotEqual(data.Mean, normalised.Mean);
    }

    [Fact]
    public void On_DataOfOtherChannels_LeavesThemAlone()
    {
        var grey = new FakeDataset(4).Info with { Channels = 1, Mean = [0.5], Std = [0.5] };

        Assert.Same(grey, Trained.On(grey));
        Assert.Null(Trained.Difference(grey));
    }

    [Fact]
    public void Difference_OtherConstants_ShowsBoth()
    {
        var data = new FakeDataset(4).Info with { Location = "here" };

        Assert.Equal(
            "The images of 'here' have mean [0.5, 0.5, 0.5] and deviation [0.25, 0.25, 0.25]; they are normalised by what the network was trained with, "
                + "mean [0.25, 0.5, 0.75] and deviation [0.125, 0.25, 0.5].", Trained.Difference(data));
        Assert.Null(ChannelConstants.Of(data).Difference(data));
        Assert.Null(ChannelConstants.Of(data).Difference(data with { Mean = [0.50001, 0.5, 0.5] }));   // less than the line shows
    }
}
