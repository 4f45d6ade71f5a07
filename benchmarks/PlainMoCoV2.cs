namespace Parallax.Benchmarks;

/// <summary>The MoCo v2 step of <see cref="TrainStep"/> in TorchSharp alone, written as its examples are: its modules, its optimizer, one dispose scope per
/// step.</summary>
internal sealed class PlainMoCoV2 : IStep
{
    private const int Dim = 128, QueueSize = 4096;
    private const double Temperature = 0.2, Momentum = 0.999;

    private readonly PlainResNet18 _online = new(Head());
    private readonly PlainResNet18 _target = new(Head());
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _queue = F.normalize(randn(QueueSize, Dim), dim: 1);
    private readonly Tensor _first, _second, _labels;
    private int _pointer;

    public PlainMoCoV2(int batch, int side)
    {
        _target.load_state_dict(_online.state_dict());
        foreach (var parameter in _target.parameters())
        {
            parameter.requires_grad = false;
        }

        _optimizer = optim.SGD(_online.parameters(), 0.03, momentum: 0.9, weight_decay: 1e-4);
        (_first, _second) = (rand(batch, 3, side, side), rand(batch, 3, side, side));
        _labels = zeros(batch, dtype: int64);
    }

    public double Step()
    {
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            foreach (var (online, target) in _online.parameters().Zip(_target.parameters()))
            {
                target.mul_(Momentum).add_(online, 1 - Momentum);
            }
        }

        var queries = F.normalize(_online.call(_first), dim: 1);
        Tensor keys;
        using (no_grad())
        {
            keys = F.normalize(_target.call(_second.index_select(0, randperm(_second.shape[0]))), dim: 1);
        }

        var positive = (queries * keys).sum(1, keepdim: true);
        var logits = cat([positive, queries.matmul(_queue.t())], 1) / Temperature;
        var loss = F.cross_entropy(logits, _labels);
        _optimizer.zero_grad();
        loss.backward();
        _optimizer.step();
        using (no_grad())
        {
            _queue.narrow(0, _pointer, keys.shape[0]).copy_(keys);
        }

        _pointer = (_pointer + (int)keys.shape[0]) % QueueSize;

        return loss.item<float>();
    }

    private static Module<Tensor, Tensor> Head() => Sequential(Linear(512, 512), ReLU(), Linear(512, Dim));

    public void Dispose()
    {
        _optimizer.Dispose();
        _online.Dispose();
        _target.Dispose();
        _queue.Dispose();
        _first.Dispose();
        _second.Dispose();
        _labels.Dispose();
    }
}
