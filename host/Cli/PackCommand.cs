using System.CommandLine;
using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Packing;
using Parallax.Host.Processes;

namespace Parallax.Host.Cli;

/// <summary><c>parallax pack</c>: a data set as one memory-mapped file.</summary>
internal sealed class PackCommand(
    Lazy<RecipeReader> recipes, Lazy<PluginCatalog> catalog, Lazy<PluginFactory> plugins, StopSignals signals, CliOutput output) : ICliCommand
{
    public IReadOnlyList<string> Examples =>
    [
        "parallax pack RECIPE --set data.path=DIR --out images.pack",
        "parallax pack RECIPE --set data.path=DIR --out small.pack --decoded --size 256",
        "parallax pack --verify images.pack",
    ];

    public Command Build()
    {
        var recipe = new Argument<string?>("RECIPE")
        {
            Description = "Its section data says what is packed: YAML file, or METHOD/DATASET of the recipes folder.", Arity = ArgumentArity.ZeroOrOne,
        };
        var name = new Option<string?>("--data") { Description = "A data set by its name, in place of a recipe; --set gives its options.", HelpName = "NAME" };
        var overrides = new Option<string[]>("--set") { Description = "Override a key of section data, for example data.path=DIR.", HelpName = "KEY=VALUE" };
        var file = new Option<string?>("--out")
        {
            Description = "The file to make. A command that was interrupted goes on when it is repeated.", HelpName = "FILE",
        };
        var decoded = new Option<bool>("--decoded")
        {
            Description = "Keep pixels, a byte for each and channel, in place of the files' bytes: nothing is decoded in training.",
        };
        var size = new Option<int?>("--size") { Description = "With --decoded: reduce the shorter side of larger images to this many pixels.", HelpName = "N" };
        var verify = new Option<string?>("--verify") { Description = "Compare all check sums of a packed file instead.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("pack", "Put a data set into one file, which is mapped into memory and trained from.")
        {
            recipe, name, overrides, file, decoded, size, verify, json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(verify) is not { } packed)
            {
                return Pack(new(parsed.GetValue(recipe), parsed.GetValue(name), parsed.GetValue(overrides) ?? [], parsed.GetValue(file)),
                    new(parsed.GetValue(decoded), parsed.GetValue(size)), parsed.GetValue(json));
            }

            var others = new Option[] { name, overrides, file, decoded, size }.Where(option => parsed.GetResult(option) is { Implicit: false })
                .Select(option => option.Name);

            return Verify(packed, parsed.GetValue(recipe) is null ? [.. others] : ["RECIPE", .. others], parsed.GetValue(json));
        });

        return command;
    }

    private int Verify(string file, string[] others, bool json)
    {
        if (others.Length > 0)
        {
            throw new ConfigurationException($"--verify only reads a packed file, but {string.Join(", ", others)} was given too. Leave out one or the other.");
        }

        var samples = Packer.Verify(file, signals.Token);
        if (json)
        {
            output.Json(new { File = Path.GetFullPath(file), Samples = samples });
        }
        else
        {
            output.Line(string.Create(CultureInfo.InvariantCulture, $"{file} is whole: {samples:N0} samples."));
        }

        return ExitCodes.Done;
    }

    private int Pack(Request request, PackSettings settings, bool json)
    {
        if (request.Recipe is null == request.Dataset is null)
        {
            throw new ConfigurationException("Give a recipe, or --data NAME with the name of a data set; 'parallax list datasets' shows all.");
        }

        var file = request.File ?? throw new ConfigurationException("--out is missing: the file to make, for example --out data.pack.");
        if (settings.ShorterSide is not null && !settings.IsDecoded)
        {
            throw new ConfigurationException("--size reduces pixels, but files are kept as they are. Add --decoded, or leave out --size.");
        }

        if (settings.ShorterSide < 1)
        {
            throw new ConfigurationException($"--size is {settings.ShorterSide}; expected the pixels of the shorter side, at least 1.");
        }

        var dataset = recipes.Value.ReadDataset(request.Recipe, request.Dataset, request.Overrides);
        if (ReadsPacks(dataset.Plugin.Type))
        {
            throw new ConfigurationException($"data.name is {dataset.Name}, which is packed already. Give the data set that the pack was made from.");
        }

        var result = Packer.Pack(dataset.Create<IDatasetSource>(plugins.Value), file, settings, output.Error, signals.Token);
        if (json)
        {
            output.Json(result);
        }
        else
        {
            var parts = string.Join(", ", result.Splits.Select(split => string.Create(CultureInfo.InvariantCulture, $"{split.Split} {split.Samples:N0}")));
            var unreadable = result.Unreadable > 0 ? $", {result.Unreadable} of which cannot be read" : "";
            output.Line(string.Create(CultureInfo.InvariantCulture,
                $"{result.File}: {result.Samples:N0} samples ({parts}){unreadable}, {SizeText.Of(result.Bytes)}. Train from it with "
                    + $"--set data.name={Reader()} --set {ShellCommand.Word($"data.path={file}")}"));
        }

        return ExitCodes.Done;
    }

    /// <summary>The data set that reads such files: the one that asks for what does.</summary>
    private string Reader() => catalog.Value.Of(PluginKind.Dataset).FirstOrDefault(plugin => ReadsPacks(plugin.Type))?.Name ?? "NAME";

    private static bool ReadsPacks(Type dataset) =>
        dataset.GetConstructors().Any(made => made.GetParameters().Any(one => one.ParameterType == typeof(IPackedImages)));

    private sealed record Request(string? Recipe, string? Dataset, IReadOnlyList<string> Overrides, string? File);
}
