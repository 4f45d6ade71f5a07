using Parallax.Tests;

namespace Parallax.Host.Tests;

/// <summary>
/// Tests that draw from libtorch's default generator, by themselves or by making a network or training one: one after the other, each from the same seed.
/// </summary>
[CollectionDefinition(Name), Seed]
public sealed class GeneratorCollection
{
    public const string Name = "draws from libtorch's generator";
}
