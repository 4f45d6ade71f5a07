using System.Numerics;
using System.Runtime.CompilerServices;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>normalize</c>.</summary>
public sealed record NormalizeOptions : IRunRequirements
{
    private const double Rounding = 0.002;   // half of one of 256 grey levels

    /// <summary>Mean per channel, on the scale [0, 1]: the data set's, rounded or as it is. Empty (the default) takes it.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [];

    /// <summary>Standard deviation per channel, above 0: the data set's, rounded or as it is. Empty (the default) takes it.</summary>
    public IReadOnlyList<double> Std { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => Differs("mean", Mean, run.Data.Mean, run).Concat(Differs("std", Std, run.Data.Std, run));

    private static IEnumerable<string> Differs(string key, IReadOnlyList<double> own, IReadOnlyList<double> ofData, RunInfo run)
    {
        if (own.Count == ofData.Count && own.Zip(ofData).Any(pair => !(Math.Abs(pair.First - pair.Second) <= Rounding)))
        {
            yield return $"normalize: {key} is [{List(own)}], but that of {run.Data.Name} is [{List(ofData)}], by which evaluations normalise, and from which "
                + "methods and pictures compute colours. Leave mean and std out.";
        }
    }

    /// <summary>Numbers as messages show them.</summary>
    internal static string List(IReadOnlyList<double> values) =>
        string.Join(", ", values.Select(v => v.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture)));
}

/// <summary>Subtracts the mean and divides by the standard deviation, channel by channel. Comes last: the values leave [0, 1].</summary>
/// <remarks>torchvision's <c>Normalize</c>. No decisions.</remarks>
[Plugin("normalize", Options = typeof(NormalizeOptions), Family = "color",
    Summary = "Subtracts the mean and divides by the standard deviation, channel by channel.")]
public sealed class Normalize : INormalizing
{
    private readonly float[] _mean, _std;

    /// <summary>Takes the numbers from the options, else from the data set.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="run">Tells the data set's channels and statistics.</param>
    /// <exception cref="ConfigurationException">Mean or std do not have one number per channel, or a standard deviation is not above 0.</exception>
    public Normalize(NormalizeOptions options, RunInfo run)
    {
        var mean = options.Mean.Count > 0 ? options.Mean : run.Data.Mean;
        var std = options.Std.Count > 0 ? options.Std : run.Data.Std;
        List<string> faults = [.. Faults(nameof(mean), mean, run.Data), .. Faults(nameof(std), std, run.Data)];
        if (std.Any(s => !(s > 0)))   // NaN is not above 0 either
        {
            faults.Add($"normalize: std is [{NormalizeOptions.List(std)}], but every standard deviation must be above 0.");
        }

        if (faults.Count > 0)
        {
            throw new ConfigurationException(faults);
        }

        _mean = [.. mean.Select(m => (float)m)];
        _std = [.. std.Select(s => (float)s)];
    }

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        for (var channel = 0; channel < image.Channels; channel++)
        {
            Pixels.ForEachValue(image.Plane(channel), new Standardize(_mean[channel], _std[channel]));
        }
    }

    private static IEnumerable<string> Faults(string key, IReadOnlyList<double> values, DatasetInfo data)
    {
        if (values.Count != data.Channels)
        {
            yield return $"normalize: {key} has {values.Count} numbers [{NormalizeOptions.List(values)}], but the images of {data.Name} have {data.Channels} "
                + "channels. Give one number per channel, or leave mean and std out to take the data set's.";
        }
    }

    private readonly struct Standardize(float mean, float std) : IValueKernel
    {
        private readonly Vector<float> _mean = new(mean), _std = new(std);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> value) => (value - _mean) / _std;
    }
}
