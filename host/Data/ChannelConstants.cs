using System.Globalization;

namespace Parallax.Host.Data;

/// <summary>By what images are normalised: features of a trained network want what it was trained with, whatever images it sees.</summary>
/// <param name="Mean">Of each channel, on the scale [0, 1].</param>
/// <param name="Std">Standard deviation of each channel.</param>
internal sealed record ChannelConstants(IReadOnlyList<double> Mean, IReadOnlyList<double> Std)
{
    /// <summary>Those of data.</summary>
    public static ChannelConstants Of(DatasetInfo data) => new(data.Mean, data.Std);

    /// <summary>The same data with these; images of other channels stay as they are, which no network takes anyway.</summary>
    public DatasetInfo On(DatasetInfo data) => data.Channels == Mean.Count ? data with { Mean = Mean, Std = Std } : data;

    /// <summary>A line that says how data differ from these; null where they do not, as far as the line shows digits.</summary>
    public string? Difference(DatasetInfo data)
    {
        var (own, trained) = (Of(data).ToString(), ToString());

        return own == trained || data.Channels != Mean.Count ? null
            : $"The images of '{data.Location}' have {own}; they are normalised by what the network was trained with, {trained}.";
    }

    /// <inheritdoc/>
    public override string ToString() => $"mean [{List(Mean)}] and deviation [{List(Std)}]";

    private static string List(IEnumerable<double> values) => string.Join(", ", values.Select(value => value.ToString("0.####", CultureInfo.InvariantCulture)));
}
