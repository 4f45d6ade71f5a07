namespace Parallax.Benchmarks;

/// <summary>A step of two views in TorchSharp alone, written as its examples are: its modules, its optimizers, one dispose scope per step.</summary>
internal abstract class PlainStep(int batch, int side) : IStep
{
    private readonly Tensor _first = rand(batch, 3, side, side), _second = rand(batch, 3, side, side);

    protected abstract optim.Optimizer Optimizer { get; }

    public double Step()
    {
        using var scope = NewDisposeScope();
        var loss = Loss(_first, _second);
        Optimizer.zero_grad();
        loss.backward();
        Optimizer.step();
        using (no_grad())
        {
            AfterUpdate();
        }

        return loss.item<float>();
    }

    public virtual void Dispose()
    {
        Optimizer.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    protected abstract Tensor Loss(Tensor first, Tensor second);

    protected virtual void AfterUpdate()
    {
    }

    /// <summary>Begins a target network as a copy that is not trained.</summary>
    protected static void Copy(Module online, Module target)
    {
        target.load_state_dict(online.state_dict());
        foreach (var parameter in target.parameters())
        {
            parameter.requires_grad = false;
        }
    }

    /// <summary>Moves a target network towards the trained one.</summary>
    protected static void Follow(Module online, Module target, double momentum)
    {
        foreach (var (from, to) in online.parameters().Zip(target.parameters()))
        {
            to.mul_(momentum).add_(from, 1 - momentum);
        }
    }

    /// <summary>The MLP of SimCLR and BYOL: linear, batch normalisation, ReLU, linear.</summary>
    protected static Module<Tensor, Tensor> Mlp(long inputs, long hidden, long outputs) =>
        Sequential(Linear(inputs, hidden), BatchNorm1d(hidden), ReLU(), Linear(hidden, outputs));
}
