namespace Parallax.Host.Weights;

/// <summary>How the tensors of a file fit a backbone.</summary>
/// <param name="Taken">By the backbone's names, in its shapes.</param>
/// <param name="Faults">What does not fit, one sentence for each tensor, to be continued after the name of the file.</param>
/// <param name="Notes">What was left out or changed.</param>
internal sealed record WeightFit(IReadOnlyDictionary<string, Tensor> Taken, IReadOnlyList<string> Faults, IReadOnlyList<string> Notes)
{
    /// <summary>The backbone's name of a tensor, null for what belongs to no backbone.</summary>
    public static string? OwnName(IBackbone backbone, string name) => backbone is IForeignWeights foreign ? foreign.OwnName(name) : name;

    /// <summary>Compares names and shapes.</summary>
    /// <param name="backbone">The backbone, which may know the names of others.</param>
    /// <param name="own">Its state dictionary.</param>
    /// <param name="given">What the file has, by the file's names.</param>
    public static WeightFit Of(IBackbone backbone, Dictionary<string, Tensor> own, IEnumerable<KeyValuePair<string, Tensor>> given)
    {
        var (taken, faults, left, resized) = (new Dictionary<string, Tensor?>(), new List<string>(), new List<string>(), new List<string>());
        foreach (var (theirs, value) in given.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (OwnName(backbone, theirs) is not { } name)
            {
                left.Add(theirs);
                continue;
            }

            if (!own.TryGetValue(name, out var target))
            {
                faults.Add($"has {theirs} {Shape(value)}, which the backbone has not.");
                continue;
            }

            var fitted = Fitted(backbone, name, value, target);
            if (!taken.TryAdd(name, fitted))
            {
                faults.Add($"has {theirs} {Shape(value)} and another tensor that is the backbone's {name}.");
            }
            else if (fitted is null)
            {
                faults.Add($"has {theirs} {Shape(value)}, but the backbone's {name} is {Shape(target)}.");
            }
            else if (value.numel() != target.numel())
            {
                resized.Add($"{name} {Shape(value)} to {Shape(target)}");
            }
        }

        var absent = own.Where(entry => !taken.ContainsKey(entry.Key)).ToLookup(entry => backbone is IForeignWeights it && it.MayBeMissing(entry.Key));
        faults.AddRange(absent[false].Select(entry => $"lacks {entry.Key} {Shape(entry.Value)}."));

        var kept = absent[true].Select(entry => entry.Key).ToList();   // what both have, a table that follows from the network, is not worth telling

        return new(taken.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Key, entry => entry.Value!), faults,
            [.. Note("left out", left.Except(kept)), .. Note("resized", resized), .. Note("as initialised", kept.Except(left))]);
    }

    private static Tensor? Fitted(IBackbone backbone, string name, Tensor value, Tensor target) =>
        value.shape.SequenceEqual(target.shape) ? value
        : Sides(value).SequenceEqual(Sides(target)) ? value.reshape(target.shape)
        : (backbone as IForeignWeights)?.Resized(name, value);

    private static IEnumerable<long> Sides(Tensor tensor) => tensor.shape.Where(side => side != 1);

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    private static string[] Note(string what, IEnumerable<string> names) =>
        names.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } all ? [$"{what}: {string.Join(", ", all)}"] : [];
}
