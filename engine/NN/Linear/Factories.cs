namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A linear layer with PyTorch's initialisation.</summary>
        public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) =>
            new(inputSize, outputSize, hasBias, device, dtype);

        /// <summary>A linear layer over given parameters.</summary>
        public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);

        /// <summary>A table of vectors with N(0, 1) entries.</summary>
        /// <param name="num_embeddings">Rows.</param>
        /// <param name="embedding_dims">Width.</param>
        /// <param name="padding_idx">A row of zeros that gets no gradient.</param>
        /// <param name="max_norm">Rows longer than this are rescaled to it, in place, when they are looked up.</param>
        /// <param name="norm_type">Norm for <paramref name="max_norm"/>.</param>
        /// <param name="scale_grad_by_freq">Divide the gradient of a row by how often the batch uses it.</param>
        /// <param name="sparse">Make the gradient sparse.</param>
        /// <param name="device">Where the table lives.</param>
        /// <param name="dtype">Type of its elements.</param>
        public static Embedding Embedding(
            long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2,
            bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
        {
            var weight = new Parameter(empty([num_embeddings, embedding_dims], dtype, device));
            var module = new Embedding(weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
            module.Reset();
            return module;
        }

        /// <summary>A table of given vectors, frozen by default.</summary>
        public static Embedding Embedding_from_pretrained(
            Tensor embeddings, bool freeze = true, long? padding_idx = null, double? max_norm = null, double norm_type = 2,
            bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
        {
            var weight = new Parameter(embeddings.alias(), requires_grad: !freeze);
            var module = new Embedding(weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
            module.Convert(dtype, device, non_blocking: false);
            return module;
        }

        public static partial class functional
        {
            /// <summary>input weights^T + bias over the last dimension.</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Ops.linear(input, weights, bias);
        }
    }
}
