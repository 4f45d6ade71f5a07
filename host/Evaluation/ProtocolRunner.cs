using Parallax.Host.Configuration;

namespace Parallax.Host.Evaluation;

/// <summary>One number of an evaluation: which protocol, what it measured.</summary>
/// <param name="Protocol">Name of the protocol.</param>
/// <param name="Result">What it measured.</param>
internal sealed record ProtocolResult(string Protocol, EvaluationResult Result)
{
    /// <summary>What it was measured on; null when that is not known.</summary>
    public EvaluationInputs? Inputs { get; init; }
}

/// <summary>Runs named protocols over one pair of feature sets.</summary>
internal sealed class ProtocolRunner(IReadOnlyList<(string Name, IEvaluator Evaluator)> protocols, long seed)
{
    /// <param name="catalog">Where protocols are found.</param>
    /// <param name="factory">Creates them.</param>
    /// <param name="configured">Options that a recipe gives to protocols, by name.</param>
    /// <param name="names">Protocol names.</param>
    /// <param name="seed">Seed of everything random in a protocol.</param>
    /// <exception cref="ConfigurationException">Names are unknown: all of them are told, with the nearest known one.</exception>
    public static ProtocolRunner Create(
        PluginCatalog catalog, PluginFactory factory, IReadOnlyDictionary<string, PluginChoice> configured, IEnumerable<string> names, long seed)
    {
        var faults = new List<string>();
        var chosen = new List<PluginChoice>();
        foreach (var name in names)
        {
            if (configured.TryGetValue(name, out var choice))
            {
                chosen.Add(choice);
            }
            else if (catalog.Find(PluginKind.Evaluator, name, out var fault) is { } plugin)
            {
                chosen.Add(PluginChoice.From(plugin));
            }
            else
            {
                faults.Add(fault!);
            }
        }

        return faults.Count == 0 ? new([.. chosen.Select(c => (c.Name, c.Create<IEvaluator>(factory)))], seed) : throw new ConfigurationException(faults);
    }

    public IReadOnlyList<ProtocolResult> Run(FeatureSet train, FeatureSet test, Action<string>? announce = null)
    {
        var results = new List<ProtocolResult>();
        foreach (var (name, evaluator) in protocols)
        {
            announce?.Invoke(name);
            using var scope = torch.NewDisposeScope();
            results.Add(new(name, evaluator.Evaluate(train, test, seed)));
        }

        return results;
    }
}
