namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>Seeds the generators of all devices.</summary>
    public static Generator manual_seed(long seed)
    {
        Native.Check(Native.px_manual_seed(seed), "manual_seed()");
        return Generator.Default;
    }

    /// <summary>Seeds from the operating system; returns the seed.</summary>
    public static long seed()
    {
        var drawn = BitConverter.ToInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));
        manual_seed(drawn);
        return drawn;
    }

    public static long initial_seed() => Generator.Default.initial_seed();

    public static Tensor get_rng_state() => Generator.Default.get_state();

    public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);

    /// <summary>The same functions under PyTorch's module name.</summary>
    public static class random
    {
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);

        public static long seed() => torch.seed();

        public static long initial_seed() => torch.initial_seed();

        public static Tensor get_rng_state() => torch.get_rng_state();

        public static void set_rng_state(Tensor new_state) => torch.set_rng_state(new_state);
    }
}
