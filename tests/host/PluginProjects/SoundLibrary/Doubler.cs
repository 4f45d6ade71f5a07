namespace SoundLibrary;

/// <summary>What a plugin brings along.</summary>
public static class Doubler
{
    public static int Double(int value) => 2 * value;
}
