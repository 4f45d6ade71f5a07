using Parallax.Host.Configuration;
using Parallax.Host.Experiments;

namespace Parallax.Host.Evaluation;

/// <summary>Runs named protocols on one backbone. One that fails takes no other along.</summary>
internal sealed class ProtocolRunner
{
    private const int FewestImages = 2;   // batch normalisation needs a second one
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
        : this([.. protocols.Select(p => new Protocol(p.Name, p.Create<object>(factory), p.Options)
        {
            Backbone = p.Plugin.BackboneType, Identity = ProtocolIdentity.Of(p),
        })], seed)
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
    /// <param name="measured">Its backbone, or its own classifier, is measured.</param>
    public IReadOnlyList<ProtocolFailure> Unable(DatasetInfo train, DatasetInfo test, Experiment measured) =>
    [
        .. from protocol in _protocols
           let faults = protocol.Faults(train, test).Concat(protocol.Faults(measured)).ToList()
           where faults.Count > 0
           select new ProtocolFailure(protocol.Name, string.Join(" ", faults)),
    ];

    /// <summary>Notes of the protocols that can measure on some data about their numbers.</summary>
    /// <param name="train">The labelled bank.</param>
    /// <param name="test">The held-out split.</param>
    public IEnumerable<string> Notes(DatasetInfo train, DatasetInfo test) =>
        from protocol in _protocols
        where !protocol.Faults(train, test).Any()
        from note in protocol.Asked.SelectMany(asked => asked.Notes(train, test)).Concat(TestSetChoice.Notes(protocol.Evaluator))
        select $"{protocol.Name}: {note}";

    /// <summary>Whether no protocol is left to run.</summary>
    public bool IsEmpty => _protocols.Count == 0;

    /// <summary>Whether a protocol does more for its number than compare features that were computed once: too much to accompany a training.</summary>
    public bool TakesLong => _protocols.Any(protocol => protocol.Evaluator is not IEvaluator);

    /// <summary>The features that protocols on frozen features look at; empty when there is no such protocol.</summary>
    public IReadOnlyList<FeatureLook> Looks =>
        [.. _protocols.Where(protocol => protocol.Evaluator is IEvaluator).Select(protocol => protocol.Look).Distinct()];

    /// <summary>The same without some protocols.</summary>
    public ProtocolRunner Without(IEnumerable<ProtocolFailure> failures) =>
        new([.. _protocols.Where(protocol => failures.All(failure => failure.Protocol != protocol.Name))], _seed);

    /// <summary>Measures with each protocol.</summary>
    /// <param name="features">Features of the labelled bank and of the held-out images, by what a protocol looks at.</param>
    /// <param name="train">Measures a protocol that trains, by its name.</param>
    /// <param name="look">Measures a protocol that computes features of its own.</param>
    /// <param name="classify">Measures a protocol of the method's own classifier, by its name.</param>
    /// <param name="change">Tells what of the backbone is not as it was before all protocols; null when nothing is. Such a protocol gets no number, and no
    /// later one does.</param>
    /// <param name="course">Told of each protocol before it begins, and of each number; null when nobody asks.</param>
    /// <param name="stop">Asks to stop between protocols.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public Measurement Run(
        Func<FeatureLook, (FeatureSet Train, FeatureSet Test)> features, Func<string, ITrainingEvaluator, ProtocolResult> train,
        Func<ILayerEvaluator, EvaluationResult> look, Func<string, IClassHeadEvaluator, ProtocolResult> classify, Func<string?> change,
        MeasurementCourse? course = null, CancellationToken stop = default)
    {
        var (results, failures) = (new List<ProtocolResult>(), new List<ProtocolFailure>());
        foreach (var protocol in _protocols)
        {
            stop.ThrowIfCancellationRequested();
            var name = protocol.Name;
            course?.OnProtocol(name);
            try
            {
                using var scope = torch.NewDisposeScope();
                var measured = protocol.Evaluator switch
                {
                    ITrainingEvaluator training => train(name, training),
                    ILayerEvaluator layers => new(name, look(layers)),
                    IClassHeadEvaluator head => classify(name, head),
                    _ => Frozen(protocol),
                };
                if (change() is { } changed)
                {
                    throw new InvalidOperationException(changed);
                }

                results.Add(measured with { Result = TestSetChoice.Checked(protocol.Evaluator, measured.Result), Identity = protocol.Identity });
                course?.OnResult(results[^1]);
            }
            catch (Exception e) when (ProtocolFailure.Covers(e))
            {
                failures.Add(ProtocolFailure.Of(name, e));
                course?.OnFailure(failures[^1]);
            }
        }

        return new(results, failures);

        ProtocolResult Frozen(Protocol protocol)
        {
            var (bank, queries) = features(protocol.Look);
            var result = ((IEvaluator)protocol.Evaluator).Evaluate(bank, queries, _seed);

            return new(protocol.Name, result)
            {
                Confusion = result.Predicted is { } predicted ? ConfusionCounts.Of([.. queries.Labels.data<long>()], predicted) : null,
            };
        }
    }

    private sealed record Protocol(string Name, object Evaluator, object? Options)
    {
        public Type Backbone { get; init; } = typeof(IBackbone);

        public ProtocolIdentity Identity { get; init; } = new(1, "");

        public FeatureLook Look => new((Evaluator as IFeatureChoice)?.Tokens ?? FeatureTokens.Pooled, FeatureLook.FitOf(Evaluator));

        public IEnumerable<IEvaluationRequirements> Asked => new[] { Options, Evaluator }.OfType<IEvaluationRequirements>();

        public IEnumerable<string> Faults(Experiment measured) => Faults(measured.Method.Backbone, measured.Configuration.Backbone)
            .Concat(Evaluator is IClassHeadEvaluator ? ClassHeadMeasurement.Faults(measured) : []);

        public IEnumerable<string> Faults(IBackbone measured, PluginChoice choice) => !Backbone.IsInstanceOfType(measured)
            ? [$"It needs a backbone that implements {Backbone.Name}, and {measured.GetType().Name} does not."]
            : TokenFeatures.Fault(measured, Look.Tokens) is { } fault ? [fault]
            : Evaluator is ITrainingEvaluator training ? training.Faults(measured).Concat(Refused(training.Training.Backbone, choice))
            : Evaluator is ILayerEvaluator layers ? layers.Faults(measured)
            : [];

        public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => train.Channels == test.Channels
            ? Asked.SelectMany(asked => asked.Faults(train, test)).Concat(TooFew(train)).Concat(SeveralClasses.Faults(Asked, train, test))
            : [$"The training images of '{train.Location}' have {train.Channels} channels, the test images {test.Channels}; one backbone takes one number."];

        private IEnumerable<string> TooFew(DatasetInfo train) => Evaluator is ITrainingEvaluator && train.Count < FewestImages
            ? [$"It trains, for which a batch takes {FewestImages} images or more, and of '{train.Location}' it gets {train.Count}."]
            : [];

        // Options of copies are tried before the copies are made.
        private IEnumerable<string> Refused(IReadOnlyDictionary<string, object> changes, PluginChoice choice)
        {
            try
            {
                choice.With(changes);

                return [];
            }
            catch (ConfigurationException e)
            {
                return e.Faults.Select(fault => $"It changes options of its copy of the backbone, and the backbone '{choice.Name}' refuses: {fault} "
                    + $"Switch that off in evaluation.{Name}, or take another backbone.");
            }
        }
    }
}
