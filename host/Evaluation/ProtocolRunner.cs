using Parallax.Host.Configuration;

namespace Parallax.Host.Evaluation;

/// <summary>Runs named protocols over one pair of feature sets. One that fails takes no other along.</summary>
internal sealed class ProtocolRunner
{
    private readonly IReadOnlyList<Protocol> _protocols;
    private readonly long _seed;

    /// <param name="protocols">In the order in which they run.</param>
    /// <param name="seed">Seed of everything random in a protocol.</param>
    public ProtocolRunner(IEnumerable<(string Name, IEvaluator Evaluator)> protocols, long seed)
        : this([.. protocols.Select(p => new Protocol(p.Name, p.Evaluator, Options: null))], seed)
    {
    }

    private ProtocolRunner(IReadOnlyList<Protocol> protocols, long seed) => (_protocols, _seed) = (protocols, seed);

    /// <param name="protocols">In the order in which they run.</param>
    /// <param name="factory">Creates them.</param>
    /// <param name="seed">Seed of everything random in a protocol.</param>
    public ProtocolRunner(IEnumerable<PluginChoice> protocols, PluginFactory factory, long seed)
        : this([.. protocols.Select(p => new Protocol(p.Name, p.Create<IEvaluator>(factory), p.Options))], seed)
    {
    }

    /// <summary>Protocols by name, with the options of a recipe or else their own defaults.</summary>
    /// <param name="catalog">Where protocols are found.</param>
    /// <param name="configured">Options that the recipe gives to protocols, by name.</param>
    /// <param name="names">Protocol names.</param>
    /// <exception cref="ConfigurationException">Names are unknown: holds all of them, with the nearest known one.</exception>
    public static IReadOnlyList<PluginChoice> Choose(
        PluginCatalog catalog, IReadOnlyDictionary<string, PluginChoice> configured, IEnumerable<string> names)
    {
        var (faults, chosen) = (new List<string>(), new List<PluginChoice>());
        foreach (var name in names.Distinct())
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

        return faults.Count == 0 ? chosen : throw new ConfigurationException(faults);
    }

    /// <summary>The protocols that cannot measure on some data, with the reason.</summary>
    /// <param name="train">The labelled bank.</param>
    /// <param name="test">The held-out split.</param>
    public IReadOnlyList<ProtocolFailure> Unable(DatasetInfo train, DatasetInfo test) =>
    [
        .. from protocol in _protocols
           let faults = protocol.Faults(train, test).ToList()
           where faults.Count > 0
           select new ProtocolFailure(protocol.Name, string.Join(" ", faults)),
    ];

    /// <summary>Notes of the protocols that can measure on some data about their numbers.</summary>
    /// <param name="train">The labelled bank.</param>
    /// <param name="test">The held-out split.</param>
    public IEnumerable<string> Notes(DatasetInfo train, DatasetInfo test) =>
        from protocol in _protocols
        where !protocol.Faults(train, test).Any()
        from note in protocol.Asked.SelectMany(asked => asked.Notes(train, test))
        select $"{protocol.Name}: {note}";

    /// <summary>Whether no protocol is left to run.</summary>
    public bool IsEmpty => _protocols.Count == 0;

    /// <summary>The same without some protocols.</summary>
    public ProtocolRunner Without(IEnumerable<ProtocolFailure> failures) =>
        new([.. _protocols.Where(protocol => failures.All(failure => failure.Protocol != protocol.Name))], _seed);

    /// <summary>Measures with each protocol.</summary>
    /// <param name="train">The labelled bank.</param>
    /// <param name="test">The held-out images.</param>
    /// <param name="onProtocol">Receives the name of each protocol before it begins.</param>
    public Measurement Run(FeatureSet train, FeatureSet test, Action<string>? onProtocol = null)
    {
        var (results, failures) = (new List<ProtocolResult>(), new List<ProtocolFailure>());
        foreach (var (name, evaluator, _) in _protocols)
        {
            onProtocol?.Invoke(name);
            try
            {
                using var scope = torch.NewDisposeScope();
                results.Add(new(name, evaluator.Evaluate(train, test, _seed)));
            }
            catch (Exception e) when (ProtocolFailure.Covers(e))
            {
                failures.Add(ProtocolFailure.Of(name, e));
            }
        }

        return new(results, failures);
    }

    private sealed record Protocol(string Name, IEvaluator Evaluator, object? Options)
    {
        public IEnumerable<IEvaluationRequirements> Asked => new[] { Options, Evaluator }.OfType<IEvaluationRequirements>();

        public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => train.Channels == test.Channels
            ? Asked.SelectMany(asked => asked.Faults(train, test))
            : [$"The training images of '{train.Location}' have {train.Channels} channels, the test images {test.Channels}; one backbone takes one number."];
    }
}
