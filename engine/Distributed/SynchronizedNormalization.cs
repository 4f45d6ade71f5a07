namespace Parallax.Engine;

/// <summary>Batch normalisation by given statistics that depend on the inputs of all processes; backward accounts for that dependence.</summary>
/// <remarks>
/// With x̂ = (x - mean) / σ and the means taken over the n values of a channel on all processes, the gradient of the input is
/// weight / σ · (dy - mean(dy) - x̂ · mean(dy · x̂)). The gradients of weight and bias are those of this process, as of any other parameter.
/// </remarks>
internal sealed class SynchronizedNormalization : autograd.SingleTensorFunction<SynchronizedNormalization>
{
    private const string Group = nameof(Group);
    private const string Epsilon = nameof(Epsilon);
    private const string NeedsInput = nameof(NeedsInput);
    private const string HasBias = nameof(HasBias);

    public override string Name => nameof(SynchronizedNormalization);

    /// <summary>Arguments: input [N, C, ...], weight [C] or null, bias [C] or null, mean [C], variance [C], number of values [], group, epsilon.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, weight, bias, epsilon) = ((Tensor)vars[0], (Tensor?)vars[1], (Tensor?)vars[2], (double)vars[7]);
        var type = weight?.dtype ?? ((Tensor)vars[3]).dtype;
        var (mean, variance) = (((Tensor)vars[3]).to(type), ((Tensor)vars[4]).to(type));

        ctx.save_for_backward([input, weight!, mean, variance, (Tensor)vars[5]]);
        ctx.save_data(Group, vars[6]);
        ctx.save_data(Epsilon, epsilon);
        ctx.save_data(NeedsInput, input.requires_grad);
        ctx.save_data(HasBias, bias is not null);
        return F.batch_norm(input, mean, variance, weight, bias, training: false, momentum: 0, eps: epsilon);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var (group, epsilon, needsInput) = ((ProcessGroup)ctx.get_data(Group)!, (double)ctx.get_data(Epsilon)!, (bool)ctx.get_data(NeedsInput)!);
        var saved = ctx.get_saved_variables();
        var (input, mean, variance, count) = (saved[0], saved[2], saved[3], saved[4]);
        var weight = saved[1] ?? ones_like(mean);

        // As if the statistics were constants: dy · weight / σ, Σ dy · x̂ and Σ dy.
        var (direct, scaleGradient, shiftGradient) = Ops.native_batch_norm_backward(
            grad_output, input, weight, mean, variance, null, null, train: false, epsilon, [needsInput, true, true]);
        List<Tensor> gradients =
            [null!, saved[1] is null ? null! : scaleGradient, ctx.get_data(HasBias) is true ? shiftGradient : null!, null!, null!, null!, null!, null!];
        if (needsInput)
        {
            var sums = stack([scaleGradient, shiftGradient]).to(count.dtype);   // [2, C]
            group.AllReduce(sums);
            var factors = (sums / count * -weight).to(mean.dtype);

            // The rest is -weight / σ · (x̂ · mean(dy · x̂) + mean(dy)): a normalisation again, one pass.
            var deviation = (variance + epsilon).sqrt();
            gradients[0] = direct.add_(F.batch_norm(input, mean, variance, factors[0] / deviation, factors[1] / deviation, training: false, momentum: 0, eps: epsilon));
        }

        return gradients;
    }
}
