using System.CommandLine;
using Parallax.Host.Data;
using Parallax.Host.Demo;
using Parallax.Host.Processes;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Cli;

/// <summary><c>parallax demo</c>: the main job on embedded data, without a server.</summary>
internal sealed class DemoCommand(Lazy<DemoRun> demo, StopSignals signals, CliOutput output) : ICliCommand
{
    public IReadOnlyList<string> Examples => ["parallax demo", "parallax demo --json demo.json", "parallax demo --set trainer.precision=bf16"];

    public Command Build()
    {
        var json = new Option<string?>("--json") { Description = "Write the result to this file, as JSON.", HelpName = "FILE" };
        var overrides = new Option<string[]>("--set") { Description = "Override a key of the demo's recipe.", HelpName = "KEY=VALUE" };
        var command = new Command("demo", "Pretrain on embedded images, compare with untrained features, track the run.") { json, overrides };
        command.SetAction(parsed => Run(parsed.GetValue(json), parsed.GetValue(overrides) ?? []));

        return command;
    }

    private int Run(string? json, IReadOnlyList<string> overrides)
    {
        if (demo.Value.Execute(overrides, signals.Token) is not { } outcome)
        {
            output.Error("Stopped before the end.");
            return ExitCodes.Stopped;
        }

        var report = outcome.Report;
        if (json is not null)
        {
            AtomicFile.Replace(json, report.ToJson());
        }

        output.Line();
        string[] headings = ["features", "nearest neighbours", "linear probe"];
        string[][] rows =
        [
            ["random weights", Percent(report.Random.Knn), Percent(report.Random.Linear)],
            ["pretrained without labels", Percent(report.Trained.Knn), Percent(report.Trained.Linear)],
        ];
        output.Table(headings, rows, isNamed: true);
        output.Line();
        output.Line($"Run:      {report.RunId}, {SpeedText.Of(report.ImagesPerSecond, areVideos: false)}");
        output.Line($"Files:    {Path.GetFullPath(outcome.Directory)}  (views.png shows what the method saw, loss.svg how it learned)");
        output.Line($"Tracking: {outcome.Tracking}");
        output.Line($"Look:     {(outcome.Tracking is SqliteAddress ? $"mlflow ui --backend-store-uri {outcome.Tracking}" : $"open {outcome.Tracking}")}");
        output.Line();
        output.Line("Next: train on your own images (recipes/ has a folder per method, a file per data set)");
        output.Line("  parallax train METHOD/DATASET --set data.path=DIR");
        output.Line("  parallax list methods        parallax describe NAME        parallax new method my-method");

        return 0;
    }

    private static string Percent(double fraction) => FormattableString.Invariant($"{fraction:P1}");
}
