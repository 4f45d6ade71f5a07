using System.Runtime.InteropServices;

namespace Parallax.Torch;

/// <summary>Calls back in every backward pass when the whole gradient of a leaf has been computed, just before it is added to the leaf's <c>grad</c>.</summary>
/// <remarks>
/// TorchSharp has no <c>register_hook</c>. libtorch takes a C++ <c>std::function</c>, whose form belongs to libstdc++ and libtorch 2.10. The hook is there as
/// long as the leaf and this object are. An exception of the callback reaches the caller of <see cref="Backward"/>, as that of a custom function.
/// </remarks>
internal sealed unsafe class GradientHook
{
    private const int Clone = 2, Destroy = 3;   // std::_Manager_operation

    private static readonly nint Undefined = Exports.Address(Exports.UndefinedTensor);

    private readonly Action _callback;

    /// <param name="leaf">Requires a gradient.</param>
    /// <param name="callback">Runs on the thread that computes the gradient: on the CPU, the one that called backward.</param>
    /// <exception cref="ArgumentException">The tensor is no leaf, or requires no gradient.</exception>
    public GradientHook(Tensor leaf, Action callback)
    {
        if (!leaf.requires_grad || !leaf.is_leaf)
        {
            throw new ArgumentException("The tensor has no gradient of its own: it must be a leaf that requires a gradient.", nameof(leaf));
        }

        _callback = callback;
        var function = new Function { Target = HandleOf(this), Manage = &Manage, Invoke = &Invoke };
        _ = ((delegate* unmanaged<nint, Function*, uint>)Exports.Address(Exports.RegisterHook))(leaf.Handle, &function);
        GC.KeepAlive(leaf);
        if (function.Manage != null)
        {
            GCHandle.FromIntPtr(function.Target).Free();   // it was copied; one that was moved from is empty
        }
    }

    // Weak: libtorch keeps the hook as long as the leaf, and the callback may hold the leaf.
    private static nint HandleOf(object? hook) => GCHandle.ToIntPtr(GCHandle.Alloc(hook, GCHandleType.Weak));

    [UnmanagedCallersOnly]
    private static byte Manage(nint* target, nint* source, int operation)
    {
        if (operation == Clone)
        {
            *target = HandleOf(GCHandle.FromIntPtr(*source).Target);
        }
        else if (operation == Destroy)
        {
            GCHandle.FromIntPtr(*target).Free();
        }

        return 0;
    }

    [UnmanagedCallersOnly]
    private static nint* Invoke(nint* result, nint* target, nint gradient)
    {
        *result = Undefined;   // the gradient stays as it is
        try
        {
            (GCHandle.FromIntPtr(*target).Target as GradientHook)?._callback();
        }
        catch (Exception error) when (Backward.TakeOver(error))
        {
            // It goes on once libtorch has finished.
        }

        return result;
    }

    /// <summary><c>std::function</c> of libstdc++.</summary>
    private struct Function
    {
        public nint Target;   // in 16 bytes of storage
        public nint Unused;
        public delegate* unmanaged<nint*, nint*, int, byte> Manage;
        public delegate* unmanaged<nint*, nint*, nint, nint*> Invoke;
    }
}
