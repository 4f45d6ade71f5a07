namespace FaultyPlugins;

[Plugin("not-sealed")]
public class NotSealed : IAugmentation
{
    public int ParameterCount => 0;

    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters) => parameters.Clear();

    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
    }
}

[Plugin("not-public")]
internal sealed class NotPublic : IAugmentation
{
    public int ParameterCount => 0;

    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters) => parameters.Clear();

    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
    }
}

[Plugin("no-contract")]
public sealed class NoContract
{
}

/// <summary>Looks like the contract of a kind that there is not.</summary>
public interface ITrackerFactory
{
}

[Plugin("no-such-kind")]
public sealed class Tracker : ITrackerFactory
{
}

[Plugin("Not Kebab")]
public sealed class NotKebab : IAugmentation
{
    public int ParameterCount => 0;

    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters) => parameters.Clear();

    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
    }
}

[Plugin("sound")]
public sealed class Sound : IAugmentation
{
    public int ParameterCount => 0;

    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters) => parameters.Clear();

    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
    }
}
