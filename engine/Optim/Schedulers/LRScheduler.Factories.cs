namespace Parallax.Torch;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>Multiplied by <paramref name="gamma"/> every <paramref name="step_size"/> epochs.</summary>
            public static LRScheduler StepLR(Optimizer optimizer, int step_size, double gamma = 0.1, int last_epoch = -1)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(step_size, 1);
                return new ClosedForm(optimizer, last_epoch, (rate, _, epoch) => rate * Math.Pow(gamma, epoch / step_size));
            }

            /// <summary>Multiplied by <paramref name="gamma"/> at each of the epochs <paramref name="milestones"/>.</summary>
            public static LRScheduler MultiStepLR(Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1) =>
                new ClosedForm(optimizer, last_epoch, (rate, _, epoch) => rate * Math.Pow(gamma, milestones.Count(milestone => milestone <= epoch)));

            /// <summary>Multiplied by <paramref name="gamma"/> every epoch.</summary>
            public static LRScheduler ExponentialLR(Optimizer optimizer, double gamma = 0.1, int last_epoch = -1) =>
                new ClosedForm(optimizer, last_epoch, (rate, _, epoch) => rate * Math.Pow(gamma, epoch));

            /// <summary>Half a cosine from the initial rate to <paramref name="eta_min"/> over <paramref name="T_max"/> epochs.</summary>
            public static LRScheduler CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1) =>
                new ClosedForm(optimizer, last_epoch, (rate, _, epoch) => eta_min + ((rate - eta_min) * (1 + Math.Cos(Math.PI * epoch / T_max)) / 2));

            /// <summary>A factor that goes linearly from <paramref name="start_factor"/> to <paramref name="end_factor"/> over <paramref name="total_iters"/> epochs.</summary>
            public static LRScheduler LinearLR(Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1, int total_iters = 5, int last_epoch = -1)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(total_iters, 1);
                return new ClosedForm(optimizer, last_epoch, (rate, _, epoch) => rate * (start_factor + ((end_factor - start_factor) * Math.Min(total_iters, epoch) / total_iters)));
            }

            /// <summary>The initial rate times a function of the epoch.</summary>
            public static LRScheduler LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1) =>
                new ClosedForm(optimizer, last_epoch, (rate, _, epoch) => rate * lr_lambda(epoch));

            /// <summary>The initial rate of each group times its function of the epoch.</summary>
            public static LRScheduler LambdaLR(Optimizer optimizer, IEnumerable<Func<int, double>> lr_lambdas, int last_epoch = -1)
            {
                var lambdas = lr_lambdas.ToList();
                return new ClosedForm(optimizer, last_epoch, (rate, group, epoch) => rate * lambdas[group](epoch));
            }

            /// <summary>Schedulers one after the other; scheduler i + 1 takes over at milestone i and counts from 0 again.</summary>
            public static LRScheduler SequentialLR(Optimizer optimizer, IEnumerable<LRScheduler> schedulers, IEnumerable<int> milestones, int last_epoch = -1)
            {
                var (parts, starts) = (schedulers.ToList(), milestones.ToList());
                if (parts.Count != starts.Count + 1)
                {
                    throw new ArgumentException($"SequentialLR needs one milestone less than schedulers; {starts.Count} milestones and {parts.Count} schedulers came.", nameof(milestones));
                }

                return new ClosedForm(optimizer, last_epoch, (rate, group, epoch) =>
                {
                    var part = starts.Count(start => start <= epoch);
                    return parts[part].RateAt(rate, group, part == 0 ? epoch : epoch - starts[part - 1]);
                });
            }
        }
    }
}
