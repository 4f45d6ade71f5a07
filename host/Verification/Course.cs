namespace Parallax.Host.Verification;

/// <summary>What a few steps of training did.</summary>
/// <param name="Losses">The loss of each step.</param>
/// <param name="Gradients">Gradients of one of the steps, by the name of their parameter.</param>
/// <param name="Start">Weights and buffers before the first step, by name.</param>
/// <param name="State">All that shapes the next step, after the last one, by name as in a checkpoint.</param>
internal sealed record Course(
    IReadOnlyList<double> Losses, IReadOnlyDictionary<string, Tensor> Gradients, IReadOnlyDictionary<string, Tensor> Start,
    IReadOnlyDictionary<string, Tensor> State) : IDisposable
{
    private const string LossesKey = "losses", GradientPrefix = "gradient.", StartPrefix = "start.", StatePrefix = "state.";

    /// <summary>The calls of modules, one list per step; empty where they were not noted.</summary>
    public IReadOnlyList<IReadOnlyList<HashedCall>> Calls { get; init; } = [];

    /// <summary>Writes all but the calls.</summary>
    public void Save(string path)
    {
        using var losses = torch.tensor(Losses.ToArray());
        using var stream = File.Create(path);
        SafeTensors.Write(stream, [new(LossesKey, losses), .. Named(GradientPrefix, Gradients), .. Named(StartPrefix, Start), .. Named(StatePrefix, State)]);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static Course Load(string path)
    {
        var tensors = SafeTensors.Load(path);
        using var losses = tensors[LossesKey];

        return new([.. losses.data<double>()], Under(GradientPrefix, tensors), Under(StartPrefix, tensors), Under(StatePrefix, tensors));
    }

    public void Dispose()
    {
        foreach (var tensor in Gradients.Values.Concat(Start.Values).Concat(State.Values))
        {
            tensor.Dispose();
        }
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Named(string prefix, IReadOnlyDictionary<string, Tensor> tensors) =>
        tensors.Select(entry => KeyValuePair.Create(prefix + entry.Key, entry.Value));

    private static Dictionary<string, Tensor> Under(string prefix, Dictionary<string, Tensor> tensors) =>
        tensors.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);
}
