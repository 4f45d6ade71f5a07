namespace Parallax.Benchmarks;

/// <summary>Optimizer steps as their definitions read, one parameter after the other: the yardstick of <see cref="Optimizers"/>.</summary>
internal sealed class PlainOptimizers(Parameter[] parameters, double rate, double decay)
{
    private const double Momentum = 0.9, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8, Trust = 1e-3;

    private readonly Tensor[] _first = [.. parameters.Select(p => zeros_like(p).detach())];
    private readonly Tensor[] _second = [.. parameters.Select(p => zeros_like(p).detach())];
    private int _step;

    public void Sgd() => ForEach((parameter, gradient, i) =>
    {
        _first[i].mul_(Momentum).add_(gradient.add(parameter, alpha: decay));
        parameter.add_(_first[i], alpha: -rate);
    });

    public void AdamW()
    {
        _step++;
        var (bias1, bias2) = (1 - Math.Pow(Beta1, _step), 1 - Math.Pow(Beta2, _step));
        ForEach((parameter, gradient, i) =>
        {
            parameter.mul_(1 - (rate * decay));
            _first[i].mul_(Beta1).add_(gradient, alpha: 1 - Beta1);
            _second[i].mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
            parameter.addcdiv_(_first[i], _second[i].sqrt().div_(Math.Sqrt(bias2)).add_(Epsilon), -rate / bias1);
        });
    }

    public void Lars() => ForEach((parameter, gradient, i) =>
    {
        var scaled = gradient;
        if (parameter.dim() > 1)
        {
            var decayed = gradient.add(parameter, alpha: decay);
            scaled = decayed.mul_(Trust * parameter.norm().item<float>() / decayed.norm().item<float>());
        }

        _first[i].mul_(Momentum).add_(scaled);
        parameter.add_(_first[i], alpha: -rate);
    });

    private void ForEach(Action<Tensor, Tensor, int> update)
    {
        using var mode = no_grad();
        for (var i = 0; i < parameters.Length; i++)
        {
            using var scope = NewDisposeScope();
            update(parameters[i], parameters[i].grad!, i);
        }
    }
}
