using System.CommandLine;
using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Processes;
using Parallax.Host.Reports;

namespace Parallax.Host.Cli;

/// <summary><c>parallax report</c>: runs as one HTML file.</summary>
internal sealed class ReportCommand(Lazy<RunReport> reports, StopSignals signals, CliOutput output) : ICliCommand
{
    private const int Most = 12, FewestImages = 2, MostImages = 2000;

    public IReadOnlyList<string> Examples =>
    [
        "parallax report RUN_ID", "parallax report RUN_ID RUN_ID --out compared.html", "parallax report RUN_ID --images 500 --set data.path=DIR",
        "parallax report RUN_ID --uri http://localhost:5000",
    ];

    public Command Build()
    {
        var names = new Argument<string[]>("RUN_ID") { Description = "Runs, by their ids or the beginnings of them, or folders.", Arity = new(1, Most) };
        var file = new Option<string>("--out") { Description = "The file to make.", DefaultValueFactory = _ => "report.html", HelpName = "FILE" };
        var images = new Option<int>("--images") { Description = "Held-out images of each run whose features are looked at.", DefaultValueFactory = _ => 200,
            HelpName = "N" };
        var force = new Option<bool>("--force") { Description = "Replace a file that is there." };
        var overrides = new Option<string[]>("--set") { Description = "Override a key of the runs' recipes, for example data.path=DIR.",
            HelpName = "KEY=VALUE" };
        var runs = new Option<string>("--runs") { Description = "Output directory of the runs.",
            DefaultValueFactory = _ => new TrainerOptions().OutputDirectory, HelpName = "DIR" };
        var uri = new Option<string?>("--uri") { Description = "The store; else MLFLOW_TRACKING_URI, else mlflow.db in this folder.", HelpName = "URI" };
        var spool = new Option<string?>("--spool") { Description = "The folder of tracking.spool; else ~/.parallax/spool.", HelpName = "DIR" };
        var command = new Command("report", "Write runs into one HTML file: curves, pictures, features, neighbours, what they differ in.")
        {
            names, file, images, force, overrides, runs, uri, spool,
        };
        command.SetAction((parsed, _) => ReportAsync(
            parsed.GetValue(names)!, (parsed.GetValue(file)!, parsed.GetValue(force)),
            new(parsed.GetValue(runs)!, parsed.GetValue(images), parsed.GetValue(overrides) ?? []),
            new() { Uri = parsed.GetValue(uri), Spool = parsed.GetValue(spool) }));

        return command;
    }

    private async Task<int> ReportAsync(string[] names, (string Path, bool IsReplaced) file, ReportRequest request, TrackingOptions tracking)
    {
        if (request.Images is < FewestImages or > MostImages)
        {
            throw new ConfigurationException(string.Create(
                CultureInfo.InvariantCulture, $"--images is {request.Images}; expected {FewestImages} to {MostImages} images."));
        }

        RequireFile(file.Path, file.IsReplaced);
        var page = await reports.Value.MakeAsync(names, request, tracking, signals.Token);
        try
        {
            AtomicFile.Replace(file.Path, page.Text);
        }
        catch (Exception fault) when (RunFile.IsOfTheDisk(fault))
        {
            throw new ConfigurationException(
                $"--out {file.Path} cannot be written: {RunFile.Reason(fault)} Make room on that disk, correct its permissions, or give another file.");
        }

        output.Line(string.Create(
            CultureInfo.InvariantCulture, $"{Path.GetFullPath(file.Path)}: {SizeText.Of(new FileInfo(file.Path).Length)}, for any browser."));

        return ExitCodes.Done;
    }

    private static void RequireFile(string path, bool isReplaced)
    {
        if (Path.EndsInDirectorySeparator(path) || Directory.Exists(path))
        {
            throw new ConfigurationException($"--out {path} is a folder. Give the file to make, for example --out {Path.Combine(path, "report.html")}.");
        }

        if (File.Exists(path) && !isReplaced)
        {
            throw new ConfigurationException($"--out {path} is there already. Add --force to replace it, or give the name of a new file.");
        }
    }
}
