using System.CommandLine;
using Parallax.Host.Configuration;
using Parallax.Host.Processes;
using Parallax.Host.Tracking;

namespace Parallax.Host.Cli;

/// <summary><c>parallax runs sync</c> and <c>parallax runs discard</c>: what is kept on this machine because a store did not take it.</summary>
/// <param name="trackers">Opens the spool.</param>
/// <param name="optionsOf">Reads where it is from the command line.</param>
/// <param name="json">Whether to print JSON.</param>
/// <param name="output">Printed to.</param>
internal sealed class RunsSpool(Lazy<Trackers> trackers, Func<ParseResult, TrackingOptions> optionsOf, Option<bool> json, CliOutput output)
{
    private const string Ids = "Identifier of a run, of the store or the local one, or the beginning of one.";

    public Command BuildSync()
    {
        var ids = new Argument<string[]>("RUN_ID") { Description = Ids + " All runs when none is given.", Arity = ArgumentArity.ZeroOrMore };
        var dry = new Option<bool>("--dry-run") { Description = "Only list what is kept." };
        var sync = new Command("sync", "Send what could not be sent while a tracking server was away, and try again what it refused.") { ids, dry };
        sync.SetAction((parsed, cancellation) => SyncAsync(parsed, parsed.GetValue(ids) ?? [], parsed.GetValue(dry), cancellation));

        return sync;
    }

    public Command BuildDiscard()
    {
        var ids = new Argument<string[]>("RUN_ID") { Description = Ids, Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "Discard what is kept of all runs." };
        var yes = new Option<bool>("--yes") { Description = "Do it; without, it is only said what would be lost, unless every run is named by a "
            + "whole identifier." };
        var discard = new Command("discard", "Give up what could not be sent of a run. What the store has stays there.") { ids, all, yes };
        discard.SetAction(parsed => Discard(parsed, parsed.GetValue(ids) ?? [], parsed.GetValue(all), parsed.GetValue(yes)));

        return discard;
    }

    private async Task<int> SyncAsync(ParseResult parsed, IReadOnlyList<string> ids, bool isDry, CancellationToken cancellation)
    {
        var content = trackers.Value.Waiting(optionsOf(parsed));
        var entries = content.Find(ids);
        if (isDry)
        {
            List(parsed, entries);
            return ExitCodes.Done;
        }

        var results = await content.SendAsync(entries, cancellation);
        if (parsed.GetValue(json))
        {
            output.Json(results);
        }
        else if (results.Count == 0)
        {
            output.Line("Nothing is waiting to be sent.");
        }
        else
        {
            Report(results);
        }

        return results.All(r => r.Problem is null) ? ExitCodes.Done : ExitCodes.Crash;
    }

    private void Report(IReadOnlyList<ReplayResult> results)
    {
        foreach (var result in results)
        {
            var began = result.FormerId is null ? "" : $"\tbegan as {result.FormerId}";
            output.Line(result.Problem is null
                ? $"sent\t{result.RunId}{began}"
                : $"kept\t{result.RunId ?? result.LocalId}\t{(result.Kept is null ? "" : $"{result.Kept}: ")}{result.Problem}{began}");
        }

        if (results.Any(result => result.Kept is not null))
        {
            output.Error("What is kept is sent by 'parallax runs sync' as soon as the store takes it; 'parallax runs discard RUN_ID' gives it up.");
        }
    }

    private int Discard(ParseResult parsed, string[] ids, bool isAll, bool isSure)
    {
        if (isAll == ids.Length > 0)
        {
            throw new ConfigurationException("Give the identifiers of runs, or --all. 'parallax runs sync --dry-run' lists what is kept.");
        }

        var content = trackers.Value.Waiting(optionsOf(parsed));
        var entries = content.Find(ids);
        var isExact = !isAll && ids.All(id => entries.Any(entry => entry.LocalId == id || entry.RunId == id));
        if (entries.Count > 0 && !isSure && !isExact)
        {
            List(parsed, entries);
            throw new ConfigurationException($"This would be lost for good, {entries.Count} run{(entries.Count == 1 ? "" : "s")} in "
                + $"{content.Folder}. Add --yes to discard it.");
        }

        SpoolContent.Discard(entries);
        foreach (var entry in entries)
        {
            output.Line($"discarded\t{entry.RunId ?? entry.LocalId}\t{entry.Kept}");
        }

        if (entries.Count == 0)
        {
            output.Line("Nothing is kept.");
        }

        return ExitCodes.Done;
    }

    private void List(ParseResult parsed, IReadOnlyList<SpoolEntry> entries)
    {
        if (parsed.GetValue(json))
        {
            output.Json(entries);
            return;
        }

        output.Table(["run", "local identifier", "name", "store", "kept", "refused because"], entries.Select(entry => (IReadOnlyList<string>)
            [entry.RunId ?? "", entry.LocalId, entry.Name ?? "", entry.Address, entry.Kept.ToString(), string.Join("; ", entry.Kept.Reasons)]));
        if (entries.Count == 0)
        {
            output.Line("Nothing is waiting to be sent.");
        }
    }
}
