using Xunit.Runner.InProc.SystemConsole;

namespace Parallax.Goldens;

/// <summary>With <c>--goldens DIR [--json]</c>: checks every golden file below a folder. Otherwise: the test runner.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var at = Array.IndexOf(args, "--goldens");
        if (at < 0)
        {
            return await ConsoleRunner.Run(args);
        }

        if (at + 1 >= args.Length)
        {
            Console.Error.WriteLine("--goldens needs a folder: --goldens DIR [--json]");
            return 2;
        }

        torch.set_num_threads(1);
        return GoldenReport.Run(args[at + 1], args.Contains("--json"), Console.Out);
    }
}
