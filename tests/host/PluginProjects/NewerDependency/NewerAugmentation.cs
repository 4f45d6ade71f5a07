using System.Reflection;
using Polly;

namespace NewerDependency;

/// <summary>Says which version of its package it sees.</summary>
[Plugin("newer")]
public sealed class NewerAugmentation : IAugmentation
{
    public int ParameterCount => 0;

    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
    }

    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
    }

    public override string ToString() => typeof(ResiliencePipeline).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()!.Version;
}
