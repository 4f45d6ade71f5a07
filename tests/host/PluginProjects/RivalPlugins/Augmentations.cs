namespace RivalPlugins;

/// <summary>Takes a name that SoundPlugins has.</summary>
[Plugin("echo")]
public sealed class RivalEcho : IAugmentation
{
    public int ParameterCount => 0;

    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters) => parameters.Clear();

    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
    }
}

/// <summary>Has a name of its own.</summary>
[Plugin("reverb")]
public sealed class Reverb : IAugmentation
{
    public int ParameterCount => 0;

    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters) => parameters.Clear();

    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
    }
}
