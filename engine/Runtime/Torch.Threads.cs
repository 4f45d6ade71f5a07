namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>Threads of one operator, for libtorch's pool and for the BLAS library.</summary>
    public static void set_num_threads(int num)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(num);
        Native.Check(Native.px_set_num_threads(num), "set_num_threads()");
    }

    public static int get_num_threads() => Native.px_get_num_threads();

    /// <summary>Threads that run independent operators; can be set once, before the first such use.</summary>
    public static void set_num_interop_threads(int num) => Native.Check(Native.px_set_num_interop_threads(num), "set_num_interop_threads()");

    public static int get_num_interop_threads() => Native.px_get_num_interop_threads();
}
