using Parallax.Contracts;
using Parallax.Host.Tests.Data;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class DataReportTests
{
    private static readonly DatasetInfo Data = new("set", DatasetSplit.Train, 12, ["a", "b"], 3, null, [0, 0, 0], [1, 1, 1], "00000000", "/data/x.tar");

    [Fact]
    public void Line_WhateverIsKnown_IsSaid()
    {
        var found = Data with { Layout = "train: 'train'; no test split" };

        Assert.Equal("Data: 12 images in 2 classes, training split of '/data/x.tar'.", DataReport.Line(Data, areVideos: false));
        Assert.Equal(
            "Data: 1 image without classes, training split of '/data/x.tar'.", DataReport.Line(Data with { Count = 1, Classes = [] }, areVideos: false));
        Assert.Equal(
            "Data: 12 images in 1 class, training split of '/data/x.tar' (train: 'train'; no test split); nothing left out.",
            DataReport.Line(found with { Classes = ["a"] }, areVideos: false));
        Assert.Equal(
            "Data: 12 images in 2 classes, training split of '/data/x.tar' (train: 'train'; no test split); "
            + "left out: 2 hidden files or folders, 1 .tiff (no format that is read).",
            DataReport.Line(found with { LeftOut = ["2 hidden files or folders", "1 .tiff (no format that is read)"] }, areVideos: false));
    }

    [Fact]
    public void Say_TheSameTwice_IsSaidOnce()
    {
        using var output = new StringWriter();
        var announcement = new DataReport(new(new(TextWriter.Null, output, isTerminal: false), TimeProvider.System));

        announcement.Write(new FakeDataset(12));
        announcement.Write(new FakeDataset(12));
        announcement.Write(new FakeVideos(13));

        Assert.Equal(
            ["12 images", "13 videos"],
            output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ')[1..3])));
    }
}
