namespace Parallax.Benchmarks;

/// <summary>The step of DINO with a ViT-S over patches of 4 pixels in TorchSharp alone, two views.</summary>
internal sealed class PlainDINO : PlainStep
{
    private const int Outputs = 4096;
    private const double Momentum = 0.996, CentreMomentum = 0.9, StudentTemperature = 0.1, TeacherTemperature = 0.04;
    private readonly Network _student, _teacher;
    private readonly Tensor _centre = zeros(1, Outputs);
    private readonly Tensor _mean = zeros(1, Outputs);

    public PlainDINO(int batch, int side)
        : base(batch, side)
    {
        (_student, _teacher) = (new(side), new(side));
        Copy(_student, _teacher);
        Optimizer = optim.AdamW(_student.parameters(), 5e-4, weight_decay: 0.04);
    }

    protected override optim.Optimizer Optimizer { get; }

    public override void Dispose()
    {
        base.Dispose();
        _student.Dispose();
        _teacher.Dispose();
        _centre.Dispose();
        _mean.Dispose();
    }

    protected override Tensor Loss(Tensor first, Tensor second)
    {
        var views = cat([first, second]);
        Tensor[] targets;
        using (no_grad())
        {
            var teacher = _teacher.call(views);
            targets = ((teacher - _centre) / TeacherTemperature).softmax(-1).chunk(2);
            _mean.copy_(teacher.mean([0], keepdim: true));
        }

        var student = (_student.call(views) / StudentTemperature).log_softmax(-1).chunk(2);

        return (-(targets[0] * student[1]).sum([1]).mean() - (targets[1] * student[0]).sum([1]).mean()) / 2;
    }

    protected override void AfterUpdate()
    {
        Follow(_student, _teacher, Momentum);
        _centre.mul_(CentreMomentum).add_(_mean, 1 - CentreMomentum);
    }

    private sealed class Network : Module<Tensor, Tensor>
    {
        private const int Width = 384, Heads = 6, Depth = 12, Patch = 4, Hidden = 2048, Bottleneck = 256;
        private readonly Module<Tensor, Tensor> patches, blocks, norm, mlp;
        private readonly Parameter token, positions, last;

        public Network(int side)
            : base(nameof(Network))
        {
            patches = Conv2d(3, Width, Patch, stride: Patch);
            (token, positions) = (new(zeros(1, 1, Width)), new(randn(1, 1 + (side / Patch * (side / Patch)), Width) * 0.02));
            blocks = Sequential(Enumerable.Range(0, Depth).Select(_ => (Module<Tensor, Tensor>)new PlainTransformerBlock(Width, Heads)));
            norm = LayerNorm(Width, eps: 1e-6);
            mlp = Sequential(Linear(Width, Hidden), GELU(), Linear(Hidden, Hidden), GELU(), Linear(Hidden, Bottleneck));
            last = new(randn(Outputs, Bottleneck) * 0.02);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var embedded = patches.call(input).flatten(2).transpose(1, 2);   // [N, L, D]
            var x = cat([token.expand(input.shape[0], 1, Width), embedded], 1) + positions;
            var z = F.normalize(mlp.call(norm.call(blocks.call(x)).select(1, 0)), dim: 1);

            return z.matmul(F.normalize(last, dim: 1).t());
        }
    }
}
