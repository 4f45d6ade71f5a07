using Parallax.Plugins.Datasets;

namespace Parallax.Plugins.Tests.Datasets;

public sealed class FfmpegProcessTests
{
    [Fact]
    public void Dispose_AtWork_EndsItAndClosesItsPipe()
    {
        FfmpegTool.Require();
        var process = new FfmpegProcess("ffmpeg", ["-nostdin", "-f", "lavfi", "-i", "testsrc2=size=640x480", "-f", "rawvideo", "-"]);   // without an end
        var output = process.Output;
        Assert.NotEqual(-1, output.ReadByte());

        process.Dispose();

        Assert.False(output.CanRead);
    }

    /// <summary>More than a pipe holds, before it writes anything else.</summary>
    [Fact]
    public void Wait_ManyLinesOfErrors_KeepsTheFirst()
    {
        FfmpegTool.Require();
        string[] drawn = ["-f", "lavfi", "-i", "testsrc2=size=64x48:duration=20"];
        using var process = new FfmpegProcess("ffmpeg", ["-v", "info", "-nostdin", .. drawn, "-vf", "showinfo", "-f", "null", "-"]);   // 150 kB

        Assert.Equal(0, process.Wait());
        Assert.Equal(20, process.Errors.Count);
    }
}
