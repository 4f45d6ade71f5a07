namespace Parallax.Host.Evaluation;

/// <summary>Hashes of a backbone's weights and buffers, to tell whether a protocol left them as they were.</summary>
internal sealed class TrunkFingerprint
{
    private const int MostNames = 3;

    private readonly Module _trunk;
    private readonly IReadOnlyDictionary<string, ulong> _before;

    /// <summary>Takes the hashes.</summary>
    public TrunkFingerprint(IBackbone backbone) => (_trunk, _before) = ((Module)backbone, Hashes((Module)backbone));

    /// <summary>One hash of all of them, 16 hexadecimal digits.</summary>
    public string Digest => TensorHash.Join(_before);

    /// <summary>What is no longer as it was, in a sentence; null when all is.</summary>
    public string? Change() => Changed() is not { } changed ? null
        : $"Weights or buffers of the backbone changed while protocols ran: {changed}. A number of it would be one of another network: a protocol works on "
            + "copies.";

    /// <summary>The same of a copy that a protocol says it freezes.</summary>
    public string? ChangeOfFrozenCopy() => Changed() is not { } changed ? null
        : $"It declares that it freezes the backbone, and weights or buffers of its copy changed while it trained: {changed}. The number would be one of a "
            + "backbone that has seen the labels. In the protocol set requires_grad of its parameters to false and call eval() on it in each step, or leave "
            + $"{nameof(ITrainingEvaluator.FreezesBackbone)} out.";

    private string? Changed()
    {
        var now = Hashes(_trunk);
        string[] changed = [.. _before.Keys.Union(now.Keys)
            .Where(name => !_before.TryGetValue(name, out var before) || !now.TryGetValue(name, out var after) || before != after)
            .Order(StringComparer.Ordinal)];

        return changed.Length == 0 ? null
            : $"{string.Join(", ", changed.Take(MostNames))}{(changed.Length > MostNames ? $" and {changed.Length - MostNames} more" : "")}";
    }

    private static Dictionary<string, ulong> Hashes(Module module)
    {
        using var noGradients = torch.no_grad();
        var hashes = module.named_parameters().ToDictionary(entry => entry.name, entry => TensorHash.Of(entry.parameter));
        foreach (var (name, buffer) in module.named_buffers())
        {
            hashes[name] = TensorHash.Of(buffer);
        }

        return hashes;
    }
}
