namespace Parallax.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            Ops.multinomial(this, num_samples, replacement, generator);

        public Tensor bernoulli(Generator? generator = null) => Ops.bernoulli(this, generator);

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => Ops.bernoulli__float(this, p, generator);

        public Tensor bernoulli_(Tensor p, Generator? generator = null) => Ops.bernoulli__Tensor(this, p, generator);

        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) => Ops.normal_(this, mean, std, generator);

        public Tensor uniform_(double from, double to, Generator? generator = null) => Ops.uniform_(this, from, to, generator);

        public Tensor random_(double from, double to, Generator? generator = null) => Ops.random__from(this, (long)from, (long)to, generator);

        public Tensor exponential_(double lambd = 1.0, Generator? generator = null) => Ops.exponential_(this, lambd, generator);

        public Tensor cauchy_(double median = 0.0, double sigma = 1.0, Generator? generator = null) => Ops.cauchy_(this, median, sigma, generator);

        public Tensor geometric_(double p, Generator? generator = null) => Ops.geometric_(this, p, generator);

        public Tensor log_normal_(double mean = 1.0, double std = 2.0, Generator? generator = null) => Ops.log_normal_(this, mean, std, generator);
    }
}
