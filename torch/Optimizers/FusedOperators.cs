namespace Parallax.Torch;

/// <summary>libtorch's updates of whole lists: on CUDA one kernel for many tensors.</summary>
internal static class FusedOperators
{
    /// <summary>d = gradient + decay * parameter; buffer = momentum * buffer + (1 - dampening) * d, d itself when new; parameter -= rate * buffer. No momentum:
    /// no buffers.</summary>
    public static void Sgd(
        Tensor[] parameters, Tensor[] gradients, Tensor[] buffers, double rate, double decay = 0, double momentum = 0, double dampening = 0,
        bool nesterov = false, bool maximize = false, bool isFirst = false) =>
        new OperatorCall("aten::_fused_sgd_").Add(parameters).Add(gradients).Add(buffers)
            .Add(decay).Add(momentum).Add(rate).Add(dampening).Add(nesterov).Add(maximize).Add(isFirst).AddNone().AddNone().Run();

    /// <summary>target = share * target + (1 - share) * source.</summary>
    /// <remarks>The same as a plain step against the gradient target - source with the rate 1 - share, and that is an operator on lists.</remarks>
    public static void Average(Tensor[] targets, Tensor[] sources, double share) => Sgd(targets, sources, [], rate: 1 - share, decay: 1, maximize: true);

    /// <summary>Adam with decoupled or coupled decay.</summary>
    public static void Adam(TensorLists lists, AdamOptions options, double rate, double decay, bool decoupled)
    {
        var steps = torch.full([], (double)lists.Steps, dtype: ScalarType.Float32, device: lists.Parameters[0].device);   // filled there: nothing is copied
        new OperatorCall(decoupled ? "aten::_fused_adamw_" : "aten::_fused_adam_")
            .Add(lists.Parameters).Add(lists.Gradients).Add(lists.Buffers(0)).Add(lists.Buffers(1)).Add(options.AmsGrad ? lists.Buffers(2) : [])
            .Add([.. Enumerable.Repeat(steps, lists.Parameters.Length)])
            .Add(rate).Add(options.Beta1).Add(options.Beta2).Add(decay).Add(options.Epsilon).Add(options.AmsGrad).Add(false).AddNone().AddNone().Run();
    }

    /// <summary>Multiplies tensors of one type and device by a scalar tensor, [], wherever that is.</summary>
    public static void Multiply(Tensor[] tensors, Tensor factor) =>
        new OperatorCall("aten::_foreach_mul_", "Tensor").Add(tensors).Add(factor.to(tensors[0].dtype, tensors[0].device)).Run();
}
