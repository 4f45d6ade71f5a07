using Parallax.Host.Cli;
using Parallax.Host.Planning;

namespace Parallax.Host.Tests.Cli;

public sealed class PlanTextTests
{
    [Fact]
    public void Write_PlanForVideos_CallsThemVideosAndKeepsDecimals()
    {
        using var output = new StringWriter();
        var plan = new RunPlan(
            10, 4, new(0.416, new(0.05, 0.4, 0.5, 0.05), 1_000_000_000), [new("trainer.precision=bf16", 3.26)], null, new(10, 0, 0, 0),
            new(5_000_000, 4, 2_000_000, 9_000_000_000),
            [new("train", 12, 10, [], 0, null, null, new("a", 1), new("b", 2)) { AreVideos = true }], new(3, 100) { AreVideos = true }, []);

        PlanText.Write(new(output, TextWriter.Null, isTerminal: false), plan);

        Assert.StartsWith("speed\t0.42 videos/s; data", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("tried\ttrainer.precision=bf16: 3.3 videos/s", output.ToString(), StringComparison.Ordinal);
        Assert.Contains(" 10 steps of 4 videos, ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "data\ttrain: 12 videos, 10 looked at, all can be read, 1 ('a') to 2 ('b') videos a class", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("3 of 100 test videos are training videos, too", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("image", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Plan_HasARowPerFinding()
    {
        using var output = new StringWriter();
        var plan = new RunPlan(
            1000, 64, new(512, new(0.05, 0.4, 0.5, 0.05), 1_000_000_000), [new("trainer.precision=bf16", 600), new("trainer.channelsLast=false", null)],
            new(1_000_000_000, 2_000_000, 8_000_000_000, 3000) { EvaluationBytes = 1_200_000_000 }, new(7200, 120, 600, 60),
            new(5_000_000, 4, 2_000_000, 9_000_000_000),
            [new("train", 1234, 1000, ["x.jpg: bad"], 1, new(8, 9), new(80, 90), new("a", 1), new("b", 2)) { Learned = 300 },
                new("test", 20, 20, [], 0, new(8, 8), new(8, 8), new("a", 10), new("a", 10))], new(3, 100), ["Do this."]);

        PlanText.Write(new(output, TextWriter.Null, isTerminal: false), plan);

        Assert.Equal(
        [
            "speed\t512 images/s; data 5 % fwd 40 % bwd 50 % opt 5 % (limit: backward)",
            "tried\ttrainer.precision=bf16: 600 images/s",
            "tried\ttrainer.channelsLast=false: cannot be trained",
            "time\t2.2 h: 2.0 h for 1,000 steps of 64 images, 2 min for work before epochs, 10 min for evaluations meanwhile, 60 s for those at the end",
            "memory\t1,200 MB at its peak or more (evaluations were measured on parts of the data), 1,000 MB of it in steps, "
                + "2.0 MB for each image of a micro-batch; batches of up to 3,000 fit into the 8,000 MB that are free",
            "disk\t22.0 MB: 4 checkpoints of 5.0 MB, the backbone; 9,000 MB free",
            "data\ttrain: 1,234 images, 1,000 looked at, 1 cannot be read (x.jpg: bad), 9x8 to 90x80 pixels, the run learns from 300 of them, "
                + "1 ('a') to 2 ('b') images a class",
            "data\ttest: 20 images, 20 looked at, all can be read, 8x8 pixels, 10 images in each class",
            "data\t3 of 100 test images are training images, too, among those looked at",
            "change\tDo this.",
        ], output.ToString().TrimEnd().Split(Environment.NewLine));
    }
}
