namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>No operation is recorded for gradients until the result is disposed, on this thread.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_grad_enabled() => Native.px_grad_mode() != 0;

    public static bool is_inference_mode_enabled() => Native.px_inference_mode() != 0;

    /// <summary>Every tensor made until the result is disposed, on this thread, is freed with it unless it is moved out.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScope.Open();

    public static DisposeScope? CurrentDisposeScope => DisposeScope.Current;

    /// <summary>Runs the expression in a scope of its own and hands its result to the caller's.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        ArgumentNullException.ThrowIfNull(expr);
        using var scope = DisposeScope.Open();
        return scope.MoveToOuter(expr());
    }
}
