namespace Parallax.Goldens;

/// <summary>Golden files of optimizers: two parameters, given gradients per step, parameters after each step.</summary>
internal static class OptimizerCases
{
    public static Parameter Parameter(this GoldenCase golden, string name) => new(golden.Input(name).clone());

    public static double[] Values(this GoldenCase golden, string name) => golden.Input(name).to(torch.float64).data<double>().ToArray();

    /// <summary>Takes a step for each row of <c>grad_w</c> and <c>grad_b</c>.</summary>
    /// <param name="rates">Learning rate of each step; null keeps the optimizer's.</param>
    public static GoldenResult StepThrough(
        this GoldenCase golden, torch.optim.Optimizer optimizer, Parameter w, Parameter b, double[]? rates, string wName, string bName)
    {
        var (gradientsW, gradientsB) = (golden.Input("grad_w"), golden.Input("grad_b"));
        var (afterW, afterB) = (new List<Tensor>(), new List<Tensor>());
        for (var step = 0; step < gradientsW.shape[0]; step++)
        {
            foreach (var group in optimizer.ParamGroups)
            {
                group.LearningRate = rates is null ? group.LearningRate : rates[step];
            }

            w.grad = gradientsW[step].clone();
            b.grad = gradientsB[step].clone();
            optimizer.step();
            afterW.Add(w.detach().clone());
            afterB.Add(b.detach().clone());
        }

        return new((wName, torch.stack(afterW)), (bName, torch.stack(afterB)));
    }
}
