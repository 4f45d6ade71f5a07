using Parallax.Host.Configuration;

namespace Parallax.Host.Experiments;

/// <summary>The file of weights that a recipe names under <c>backbone.weights</c>, or in another section of a network. Dispose it when all backbones have
/// theirs.</summary>
internal sealed class BackboneWeights : IDisposable
{
    /// <summary>Name of the file in which a run that has ended leaves its backbone.</summary>
    public const string FileName = "backbone.safetensors";

    private const int Examples = 3;

    private readonly string _section, _file;
    private readonly string? _prefix;
    private readonly Dictionary<string, Tensor> _tensors;

    private BackboneWeights(string section, string file, string? prefix, Dictionary<string, Tensor> tensors) =>
        (_section, _file, _prefix, _tensors) = (section, file, prefix, tensors);

    private string Key => $"{_section}.weights";

    private string PrefixKey => $"{_section}.weightsPrefix";

    /// <summary>Reads the file; null when the recipe names none.</summary>
    /// <param name="options">The section.</param>
    /// <param name="section">Its name.</param>
    /// <exception cref="ConfigurationException">There is no such file, or it holds no weights.</exception>
    public static BackboneWeights? Read(BackboneOptions options, string section = "backbone")
    {
        var key = $"{section}.weights";
        var prefix = string.IsNullOrEmpty(options.WeightsPrefix) ? null : options.WeightsPrefix;   // 'weightsPrefix:' with nothing behind it is none
        if (options.Weights is null)
        {
            return prefix is null ? null : throw new ConfigurationException(
                $"{key}Prefix is '{prefix}', but {key} names no file. Set it too, or remove the prefix.");
        }

        var file = FileOf(UserPath.Expand(options.Weights, key), key);
        try
        {
            using var kept = torch.NewDisposeScope();
            var tensors = PyTorchFile.Recognises(file) ? PyTorchFile.Load(file) : SafeTensors.Load(file);
            foreach (var tensor in tensors.Values)
            {
                tensor.DetachFromDisposeScope();
            }

            return new(section, file, prefix, tensors);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{key} is '{options.Weights}': {e.Message} "
                + "Expected the folder of a run that has ended, a safetensors file, or one that torch.save wrote (.pth, .pt).");
        }
    }

    // The folder of a run holds its backbone when the run has ended.
    private static string FileOf(string path, string key) => !Directory.Exists(path) ? path
        : Path.Combine(path, FileName) is var file && File.Exists(file) ? file
        : throw new ConfigurationException($"{key} is '{path}', a folder without {FileName}. Expected the folder of a run that has ended, or a "
            + "file of weights.");

    /// <summary>Gives a backbone its weights.</summary>
    /// <param name="backbone">The backbone, a module.</param>
    /// <returns>What was taken, what was left out, what was changed: for the user.</returns>
    /// <exception cref="ConfigurationException">Something does not fit: every tensor that is missing, unknown or of another shape.</exception>
    public string Load(IBackbone backbone)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var own = ((Module)backbone).state_dict();
        var prefix = Prefix(backbone, own);
        var part = _tensors.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(entry => KeyValuePair.Create(entry.Key[prefix.Length..], entry.Value)).ToList();
        var fit = WeightFit.Of(backbone, own, part);
        if (fit.Faults.Count > 0)
        {
            throw new ConfigurationException(
            [
                .. fit.Faults.Select(fault => $"{Key}: '{_file}' {fault}"),
                $"{Key}: nothing was loaded. Set the options of section {_section} to those of the network the file was written by, or take another file.",
            ]);
        }

        foreach (var (name, value) in fit.Taken)
        {
            own[name].copy_(value);
        }

        string[] notes =
        [
            $"{fit.Taken.Count} tensors from '{_file}'{(prefix.Length == 0 ? "" : $", names that begin with '{prefix}'")}", .. fit.Notes,
            .. part.Count == _tensors.Count ? Array.Empty<string>() : [$"other parts of the file: {_tensors.Count - part.Count} tensors"],
        ];

        return $"{Key}: {string.Join("; ", notes)}.";
    }

    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
        {
            tensor.Dispose();
        }
    }

    /// <summary>What comes before the names of the backbone: the beginning under which most of its tensors are.</summary>
    private string Prefix(IBackbone backbone, Dictionary<string, Tensor> own)
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var key in _tensors.Keys)
        {
            for (var start = 0; ; start = key.IndexOf('.', start) + 1)
            {
                if (WeightFit.OwnName(backbone, key[start..]) is { } name && own.ContainsKey(name))
                {
                    found[key[..start]] = found.GetValueOrDefault(key[..start]) + 1;
                }

                if (key.IndexOf('.', start) < 0)
                {
                    break;
                }
            }
        }

        var asked = _prefix is null ? "" : _prefix.TrimEnd('.') + ".";
        var candidates = found.Where(entry => entry.Key.StartsWith(asked, StringComparison.Ordinal)).ToList();
        var most = candidates.Select(entry => entry.Value).DefaultIfEmpty().Max();
        var best = candidates.Where(entry => entry.Value == most).Select(entry => entry.Key).Order(StringComparer.Ordinal).ToList();

        return best.Count switch
        {
            1 => best[0],
            0 => throw new ConfigurationException($"{Key}: '{_file}' has no tensor of the backbone"
                + (asked.Length == 0 ? "" : $" below '{_prefix}' ({PrefixKey})") + $". It has {Some(_tensors.Keys)}; the backbone has {Some(own.Keys)}. "
                + "Take another file, or the backbone it was written by."),
            _ => throw new ConfigurationException($"{Key}: '{_file}' holds the backbone {best.Count} times: {string.Join(", ", best.Select(b => $"'{b}'"))}. "
                + $"Say which to take, for example {PrefixKey}: {best[^1].TrimEnd('.')}"),
        };
    }

    private static string Some(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal).Take(Examples)) + ", ...";
}
