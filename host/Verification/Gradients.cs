namespace Parallax.Host.Verification;

/// <summary>Gradients of a method by the names of their parameters, and how far two sets of them are apart.</summary>
internal static class Gradients
{
    /// <summary>Differences are measured against a gradient's own norm and this share of the largest one: gradients that are zero in exact arithmetic, as of a
    /// bias before batch normalisation, are nothing but rounding.</summary>
    private const double Floor = 0.005;

    /// <summary>Copies of the gradients that a backward pass left.</summary>
    public static Dictionary<string, Tensor> Of(Module module) => module.named_parameters().Where(p => p.parameter.grad is not null)
        .ToDictionary(p => p.name, p => p.parameter.grad!.detach().clone().DetachFromDisposeScope());

    /// <summary>How far each gradient is off, as a share of its norm, in the order of the parameters.</summary>
    /// <param name="expected">By parameter.</param>
    /// <param name="actual">The same parameters; one that has no gradient is off by all of it.</param>
    public static IReadOnlyList<Deviation> Compare(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual)
    {
        var norms = expected.ToDictionary(entry => entry.Key, entry => TensorNorm.Of(entry.Value));
        var floor = Floor * norms.Values.DefaultIfEmpty(0).Max();

        return
        [
            .. expected.Keys.Union(actual.Keys).Select(name => new Deviation(name, !expected.ContainsKey(name) || !actual.ContainsKey(name) ? 1
                : TensorNorm.OfDifference(expected[name], actual[name]) is var distance && distance == 0 ? 0 : distance / (norms[name] + floor))),
        ];
    }

    /// <summary>How far all of them, as one vector, are off, as a share of its norm. One that is there on one side alone counts with its own norm.</summary>
    public static double WholeDifference(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual)
    {
        var distance = Math.Sqrt(expected.Keys.Union(actual.Keys).Sum(name => Math.Pow(Distance(name), 2)));

        return distance == 0 ? 0 : distance / Norm(expected.Values);

        double Distance(string name) => !expected.TryGetValue(name, out var one) ? TensorNorm.Of(actual[name])
            : actual.TryGetValue(name, out var other) ? TensorNorm.OfDifference(one, other) : TensorNorm.Of(one);
    }

    /// <summary>The norm of gradients as one vector.</summary>
    public static double Norm(IEnumerable<Tensor> gradients) => Math.Sqrt(gradients.Sum(gradient => Math.Pow(TensorNorm.Of(gradient), 2)));
}

/// <summary>How far two sets of gradients are apart.</summary>
/// <param name="Together">All of them as one vector, as a share of its norm.</param>
/// <param name="Each">Each of them, in the order of the parameters.</param>
internal sealed record GradientDifference(double Together, IReadOnlyList<Deviation> Each)
{
    /// <summary>The one that is off most; null where there is none.</summary>
    public Deviation? Largest => Each.MaxBy(off => off.Rank);

    /// <summary>Whether all together are off by more than that; what is no number is.</summary>
    public bool Exceeds(double tolerance) => !(Together <= tolerance);

    /// <param name="expected">By parameter.</param>
    /// <param name="actual">The same parameters.</param>
    public static GradientDifference Of(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual) =>
        new(Gradients.WholeDifference(expected, actual), Gradients.Compare(expected, actual));
}

/// <summary>How far something is off.</summary>
/// <param name="Name">What: a parameter or a buffer.</param>
/// <param name="Share">The distance as a share of the norm; 0 where the bits are the same, NaN where something is no number.</param>
internal sealed record Deviation(string Name, double Share)
{
    /// <summary>By which the largest is found: what is no number is beyond all others.</summary>
    public double Rank => double.IsNaN(Share) ? double.PositiveInfinity : Share;

    /// <summary>Whether it is off by more than that; what is no number is.</summary>
    public bool Exceeds(double tolerance) => !(Share <= tolerance);
}
