using Parallax.Host.Configuration;
using Parallax.Host.Experiments;

namespace Parallax.Host.Evaluation;

/// <summary>Runs the protocols that compare images with texts, with the method's own encoders. One that fails takes no other along.</summary>
internal sealed class ZeroShotRunner
{
    private readonly IReadOnlyList<(string Name, IZeroShotEvaluator Evaluator, object? Options, ProtocolIdentity Identity)> _protocols;
    private readonly Experiment _experiment;

    /// <param name="protocols">Protocols of any kind; those of other kinds are left to others.</param>
    /// <param name="factory">Creates them.</param>
    /// <param name="experiment">Its method embeds images and texts.</param>
    public ZeroShotRunner(IEnumerable<PluginChoice> protocols, PluginFactory factory, Experiment experiment)
    {
        _experiment = experiment;
        _protocols = [.. protocols.Where(IsZeroShot).Select(p => (p.Name, p.Create<IZeroShotEvaluator>(factory), p.Options, ProtocolIdentity.Of(p)))];
    }

    /// <summary>Whether a protocol is of this kind.</summary>
    public static bool IsZeroShot(PluginChoice protocol) => typeof(IZeroShotEvaluator).IsAssignableFrom(protocol.Plugin.Type);

    /// <summary>The protocols that cannot measure, with the reason.</summary>
    /// <param name="train">What the method is trained on.</param>
    /// <param name="test">The held-out split.</param>
    public IReadOnlyList<ProtocolFailure> Unable(DatasetInfo train, DatasetInfo test) =>
    [
        .. from protocol in _protocols
           let faults = Faults(protocol.Evaluator, protocol.Options, train, test).ToList()
           where faults.Count > 0
           select new ProtocolFailure(protocol.Name, string.Join(" ", faults)),
    ];

    /// <summary>Notes of the protocols that can measure about their numbers.</summary>
    /// <param name="train">What the method is trained on.</param>
    /// <param name="test">The held-out split.</param>
    public IEnumerable<string> Notes(DatasetInfo train, DatasetInfo test) =>
        from protocol in _protocols
        where !Faults(protocol.Evaluator, protocol.Options, train, test).Any()
        from note in Asked(protocol.Evaluator, protocol.Options).SelectMany(asked => asked.Notes(train, test))
        select $"{protocol.Name}: {note}";

    /// <summary>Measures with each protocol; the numbers of those that can.</summary>
    /// <param name="test">The held-out split.</param>
    /// <param name="change">Tells what of the backbone is not as it was before; null when nothing is.</param>
    /// <param name="course">Told of each protocol before it begins, and of each number; null when nobody asks.</param>
    /// <param name="stop">Asks to stop.</param>
    public Measurement Run(IImageDataset test, Func<string?> change, MeasurementCourse? course = null, CancellationToken stop = default)
    {
        var unable = Unable(_experiment.Data.Info, test.Info);
        var able = _protocols.Where(protocol => unable.All(failure => failure.Protocol != protocol.Name)).ToList();
        if (able.Count == 0)
        {
            return new([], unable);
        }

        using var scope = torch.NewDisposeScope();
        var encoder = (IImageTextEncoder)_experiment.Method;
        var most = _experiment.Configuration.Evaluation.MaxTestSamples;
        FeatureSet images;
        LeftOutImages? leftOut;
        try
        {
            var encoded = FeatureExtractor.Encoded(_experiment, test, most, encoder.EmbedImages, stop);
            images = encoded.Set;
            leftOut = encoded.Unreadable.Count == 0 ? null : new LeftOutImages(0, 0, encoded.Unreadable.Count, encoded.Images)
            {
                AreVideos = _experiment.Run.HasVideos,
            };
        }
        catch (Exception e) when (ProtocolFailure.Covers(e))
        {
            return new([], [.. unable, .. able.Select(protocol => ProtocolFailure.Of(protocol.Name, e))]);   // the images of all of them
        }

        var (results, failures) = (new List<ProtocolResult>(), new List<ProtocolFailure>(unable));
        foreach (var (name, evaluator, _, identity) in able)
        {
            stop.ThrowIfCancellationRequested();
            course?.OnProtocol(name);
            try
            {
                using var inner = torch.NewDisposeScope();
                var result = evaluator.Evaluate(images, test.Info.Classes, texts => Embed(encoder, texts));
                if (change() is { } changed)
                {
                    throw new InvalidOperationException(changed);
                }

                results.Add(new(name, TestSetChoice.Checked(evaluator, result))
                {
                    LeftOut = leftOut, Inputs = new(_experiment.Data.Info, test.Info), Identity = identity,
                });
                course?.OnResult(results[^1]);
            }
            catch (Exception e) when (ProtocolFailure.Covers(e))
            {
                failures.Add(ProtocolFailure.Of(name, e));
                course?.OnFailure(failures[^1]);
            }
        }

        return new(results, failures);
    }

    private Tensor Embed(IImageTextEncoder encoder, IReadOnlyList<string> texts) => FeatureExtractor.Evaluating(_experiment, () =>
    {
        using var noGrad = torch.no_grad();
        using var autocast = _experiment.Placement.Autocast();

        return encoder.EmbedTexts(texts).to(torch.float32).cpu();   // [N, D]
    });

    private IEnumerable<string> Faults(IZeroShotEvaluator evaluator, object? options, DatasetInfo train, DatasetInfo test) =>
        _experiment.Method is IImageTextEncoder
        ? Asked(evaluator, options).SelectMany(asked => asked.Faults(train, test)).Concat(SeveralClasses.Faults(Asked(evaluator, options), test))
        : [$"The method '{_experiment.Configuration.Method.Name}' embeds no texts, so images cannot be compared with them."];

    private static IEnumerable<IEvaluationRequirements> Asked(IZeroShotEvaluator evaluator, object? options) =>
        new[] { options, evaluator }.OfType<IEvaluationRequirements>();
}
