namespace Parallax.Torch;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Schedulers in the shape of torch.optim.lr_scheduler: each sets the rates of an optimizer's groups, from their initial rates, once per <c>step()</c>.</summary>
        /// <remarks>All rates follow the closed form of the schedule. Nothing is printed, so there is no <c>verbose</c>.</remarks>
        public static partial class lr_scheduler
        {
            /// <summary>Sets the learning rates of an optimizer.</summary>
            public abstract class LRScheduler
            {
                private readonly List<ILearningRateController> _groups;
                private readonly List<double> _baseRates;
                private int _epoch;

                private protected LRScheduler(Optimizer optimizer, int last_epoch)
                {
                    ArgumentNullException.ThrowIfNull(optimizer);
                    _groups = [.. optimizer.ParamGroups];
                    _baseRates = [.. _groups.Select(group => group.InitialLearningRate)];
                    _epoch = last_epoch;
                }

                /// <summary>Goes one epoch on.</summary>
                public void step() => step(null);

                /// <summary>Goes one epoch on, or to a given epoch.</summary>
                public void step(int? epoch)
                {
                    _epoch = epoch ?? _epoch + 1;
                    for (var i = 0; i < _groups.Count; i++)
                    {
                        _groups[i].LearningRate = RateAt(_baseRates[i], i, _epoch);
                    }
                }

                /// <summary>Goes one epoch on, or to a given epoch; the metric matters to no scheduler here.</summary>
                public void step(double current, int? epoch = null) => step(epoch);

                /// <summary>The rates now in force, one per group.</summary>
                public IEnumerable<double> get_last_lr() => _groups.Select(group => group.LearningRate);

                /// <summary>The rate of a group at an epoch, from 0.</summary>
                internal abstract double RateAt(double baseRate, int group, int epoch);
            }

            private sealed class ClosedForm : LRScheduler
            {
                private readonly Func<double, int, int, double> _rate;

                public ClosedForm(Optimizer optimizer, int last_epoch, Func<double, int, int, double> rate)
                    : base(optimizer, last_epoch)
                {
                    _rate = rate;
                    step();
                }

                internal override double RateAt(double baseRate, int group, int epoch) => _rate(baseRate, group, epoch);
            }
        }
    }
}
