namespace Parallax.Host.Tests.EndToEnd;

/// <summary>Networks of few channels over large images: they once wrote behind oneDNN's workspace and died of it, at once or much later.</summary>
public sealed class NarrowNetworkTests
{
    private const string Checker = "libc_malloc_debug.so.0";   // of glibc 2.34 and later: MALLOC_CHECK_ acts through it alone

    [Theory]
    [InlineData("0.03125")]
    [InlineData("0.125")]
    public void Train_NarrowNetworkAt224_LeavesTheHeapSound(string width)
    {
        Assert.SkipUnless(IsThere(Checker), $"{Checker} is not on this machine: there is nothing that would check the heap.");
        using var place = new Workplace();
        string[] arguments =
        [
            "train", place.Recipe, "--verbose", "--set", "backbone.name=resnet18", "--set", $"backbone.width={width}", "--set", "data.size=224",
            "--set", "trainer.maxSteps=2", "--set", "evaluation.online=null",
        ];

        using var run = new ProgramRun(place.Folder, place.Home, arguments, command => ("env", [$"LD_PRELOAD={Checker}", "MALLOC_CHECK_=3", .. command]));
        var result = run.Wait();

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("Channels last is off: 'backbone.layer2.0.downsample.", result.Error, StringComparison.Ordinal);
    }

    private static bool IsThere(string library)
    {
        var isThere = System.Runtime.InteropServices.NativeLibrary.TryLoad(library, out var handle);
        if (isThere)
        {
            System.Runtime.InteropServices.NativeLibrary.Free(handle);
        }

        return isThere;
    }
}
