namespace Parallax.Torch;

/// <summary>Batch normalisation by given statistics that depend on the inputs of all processes; backward accounts for that dependence.</summary>
/// <remarks>
/// With x̂ = (x - mean) / σ and the means taken over the n values of a channel on all processes, the gradient of the input is
/// weight / σ · (dy - mean(dy) - x̂ · mean(dy · x̂)). The gradients of weight and bias are those of this process, as of any other parameter.
/// </remarks>
internal sealed class SynchronizedNormalization : ExchangeFunction<SynchronizedNormalization>
{
    private const string Epsilon = nameof(Epsilon);
    private const string NeedsInput = nameof(NeedsInput);
    private const string HasBias = nameof(HasBias);

    /// <summary>Arguments: input [N, C, ...], weight [C] or null, bias [C] or null, mean [C], variance [C], number of values [], epsilon.</summary>
    protected override Tensor Forward(autograd.AutogradContext context, ProcessGroup group, object?[] arguments)
    {
        var (input, weight, bias, epsilon) = ((Tensor)arguments[0]!, (Tensor?)arguments[1], (Tensor?)arguments[2], (double)arguments[6]!);
        var type = weight?.dtype ?? ((Tensor)arguments[3]!).dtype;
        var (mean, variance) = (((Tensor)arguments[3]!).to(type), ((Tensor)arguments[4]!).to(type));

        context.save_for_backward([input, weight!, mean, variance, (Tensor)arguments[5]!]);
        context.save_data(Epsilon, epsilon);
        context.save_data(NeedsInput, input.requires_grad);
        context.save_data(HasBias, bias is not null);
        return F.batch_norm(input, mean, variance, weight, bias, training: false, momentum: 0, eps: epsilon);
    }

    protected override Tensor?[] Backward(autograd.AutogradContext context, ProcessGroup group, Tensor gradient)
    {
        var (epsilon, needsInput) = ((double)context.get_data(Epsilon)!, (bool)context.get_data(NeedsInput)!);
        var saved = context.get_saved_variables();
        var (input, mean, variance, count) = (saved[0], saved[2], saved[3], saved[4]);
        var weight = saved[1] ?? ones_like(mean);

        // As if the statistics were constants: dy · weight / σ, Σ dy · x̂ and Σ dy.
        var own = new OperatorCall("aten::native_batch_norm_backward").Add(gradient).Add(input).AddSome(weight).AddSome(mean).AddSome(variance)
            .AddNone().AddNone().Add(false).Add(epsilon).Add([needsInput, true, true]).RunForTensors(3);
        var (direct, scale, shift) = (own[0], own[1], own[2]);
        if (needsInput)
        {
            var sums = stack([scale, shift]).to(count.dtype);   // [2, C]
            group.AllReduce(sums);
            using Scalar smallest = epsilon;
            var factors = (sums / count * weight.neg()).to(mean.dtype);

            // The rest is -weight / σ · (x̂ · mean(dy · x̂) + mean(dy)): a normalisation again, one pass.
            var deviation = variance.add(smallest).sqrt();
            direct.add_(F.batch_norm(input, mean, variance, factors[0] / deviation, factors[1] / deviation, training: false, momentum: 0, eps: epsilon));
        }

        return [needsInput ? direct : null, saved[1] is null ? null : scale, context.get_data(HasBias) is true ? shift : null, null, null, null, null];
    }
}
