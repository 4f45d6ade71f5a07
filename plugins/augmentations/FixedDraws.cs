namespace Parallax.Plugins.Augmentations;

/// <summary>Draws that always consume one number of the generator, so that what one step decides never shifts the numbers of the next.</summary>
internal static class FixedDraws
{
    /// <summary>Uniform over 0, ..., count - 1; the bias, count / 2^53, is far below what can be measured.</summary>
    public static int Index(this ref CounterRandom random, int count) => (int)(random.NextDouble() * count);

    /// <summary>1 with the given probability, else 0.</summary>
    public static float Flag(this ref CounterRandom random, double probability) => random.Chance(probability) ? 1 : 0;
}
