using Parallax.Host.Configuration;
using Parallax.Host.Experiments;
using Parallax.Host.Tests.Data;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Experiments;

public sealed class ViewTrialTests : IDisposable
{
    private static readonly RunInfo _run = new(new FakeDataset(4).Info, 4, 4, 1, 1, 1);
    private readonly Placement _placement = new(new TrainerOptions { Device = "cpu", Threads = 1 });
    private readonly Eye _eye = new();

    public void Dispose() => _eye.Dispose();

    [Fact]
    public void Run_SizesThatTheBackboneTakes_SeesEachOnceAndIsBackInTraining()
    {
        ViewTrial.Run(_eye, [new(8, 8), new(6, 6), new(8, 8)], evaluates: true, _run, _placement);

        Assert.Equal(["8x8", "6x6", "4x4"], _eye.Seen);
        Assert.True(_eye.training);
    }

    [Theory]
    [InlineData(3, false, "The backbone cannot take the images of views[1], 3x3, though it takes 8x8: Too small to see.")]
    [InlineData(5, true, "The backbone cannot take the images of evaluations (data.imageSize), 4x4, though it takes 8x8: Too small to see.")]
    public void Run_OneSizeTooSmall_NamesIt(int second, bool evaluates, string expected)
    {
        _eye.Smallest = 5;

        var fault = Assert.Throws<ConfigurationException>(() => ViewTrial.Run(_eye, [new(8, 8), new(second, second)], evaluates, _run, _placement));

        Assert.StartsWith(expected, fault.Message, StringComparison.Ordinal);
        Assert.True(_eye.training);
    }

    [Fact]
    public void Run_NoSizeWorks_IsThePluginsOwnMessage()
    {
        _eye.Smallest = 9;

        Assert.Equal("Too small to see.",
            Assert.Throws<InvalidOperationException>(() => ViewTrial.Run(_eye, [new(8, 8)], evaluates: false, _run, _placement)).Message);
    }

    [Fact]
    public void Run_FeaturesOfAnotherWidth_SaysBoth()
    {
        _eye.FeatureDim = 3;

        var fault = Assert.Throws<ConfigurationException>(() => ViewTrial.Run(_eye, [new(8, 8)], evaluates: false, _run, _placement));

        Assert.StartsWith("The backbone says that its features are 3 wide, but one image of 8x8 gives [1, 2]; expected [1, "
            + "3].", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunImageModel_OneOfTheViewsFits_IsEnoughAndLeavesTheMode()
    {
        _eye.Smallest = 5;
        _eye.eval();

        ViewTrial.RunImageModel(_eye, [new(3, 3), new(8, 8), new(8, 8)], _run, _placement);

        Assert.Equal(["3x3", "8x8"], _eye.Seen);
        Assert.False(_eye.training);
    }

    [Fact]
    public void RunImageModel_NoneOfTheViewsFits_NamesTheSection()
    {
        _eye.Smallest = 9;

        var fault = Assert.Throws<ConfigurationException>(() => ViewTrial.RunImageModel(_eye, [new(8, 8), new(8, 8)], _run, _placement));

        Assert.Equal("imageModel.name: the network for images cannot take frames of 8x8, as the views have them: Too small to see. Make them larger "
            + "(data.imageSize), or take a network for small images.", Assert.Single(fault.Faults));
        Assert.True(_eye.training);
    }

    private sealed class Eye() : Module<Tensor, Tensor>(nameof(Eye)), IBackbone
    {
        public List<string> Seen { get; } = [];

        public int Smallest { get; set; }

        public int FeatureDim { get; set; } = 2;

        public override Tensor forward(Tensor input)
        {
            Assert.False(training);
            Seen.Add($"{input.shape[2]}x{input.shape[3]}");

            return input.shape[2] >= Smallest ? torch.zeros(input.shape[0], 2) : throw new InvalidOperationException("Too small to see.");
        }
    }
}
