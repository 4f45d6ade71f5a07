namespace Parallax.Plugins.Augmentations;

/// <summary>Draws that always consume the same count of numbers of the generator, so that what one step decides never shifts the numbers of the next.</summary>
internal static class FixedDraws
{
    /// <summary>Uniform over 0, ..., count - 1; the bias, count / 2^53, is far below what can be measured.</summary>
    public static int Index(this ref CounterRandom random, int count) => (int)(random.NextDouble() * count);

    /// <summary>From the standard normal distribution, by two numbers (Box and Muller).</summary>
    public static double Normal(this ref CounterRandom random)
    {
        var (radius, angle) = (random.NextDouble(), random.NextDouble());

        return Math.Sqrt(-2 * Math.Log(1 - radius)) * Math.Cos(2 * Math.PI * angle);
    }

    /// <summary>1 with the given probability, else 0.</summary>
    public static float Flag(this ref CounterRandom random, double probability) => random.Chance(probability) ? 1 : 0;
}
