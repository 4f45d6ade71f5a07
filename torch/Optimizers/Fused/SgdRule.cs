using System.Numerics;

namespace Parallax.Torch;

/// <summary>Stochastic gradient descent with momentum (first buffer), weight decay, dampening and Nesterov's look-ahead.</summary>
/// <param name="Rate">Learning rate.</param>
/// <param name="Decay">Weight decay, added to the gradient.</param>
/// <param name="Momentum">Momentum; 0 means no buffer.</param>
/// <param name="Keep">Factor on the buffer: the momentum, 0 at the first step.</param>
/// <param name="Add">Factor on the gradient that enters the buffer: 1 - dampening, 1 at the first step.</param>
/// <param name="Nesterov">Whether the step looks ahead.</param>
internal readonly unsafe record struct SgdRule(double Rate, double Decay, double Momentum, double Keep, double Add, bool Nesterov) : IUpdateRule
{
    public void Update<T>(Lanes<T> lanes, nint count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (rate, decay) = (T.CreateTruncating(Rate), T.CreateTruncating(Decay));
        var (momentum, keep, add) = (T.CreateTruncating(Momentum), T.CreateTruncating(Keep), T.CreateTruncating(Add));
        for (nint i = 0; i < count; i += Vector<T>.Count)
        {
            var p = Vector.Load(lanes.Parameter + i);
            var d = Vector.Load(lanes.Gradient + i);
            if (Decay != 0)
            {
                d += p * decay;
            }

            if (Momentum != 0)
            {
                var buffer = (Vector.Load(lanes.First + i) * keep) + (d * add);
                Vector.Store(buffer, lanes.First + i);
                d = Nesterov ? d + (buffer * momentum) : buffer;
            }

            Vector.Store(p - (d * rate), lanes.Parameter + i);
        }
    }
}
