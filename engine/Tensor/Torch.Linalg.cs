namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>Linear algebra.</summary>
    public static class linalg
    {
        public static Tensor norm(Tensor input, double? ord = null, long[]? dims = null, bool keepdim = false) =>
            Ops.linalg_norm(input, ord is { } given ? (Scalar)given : null, dims, keepdim);

        public static Tensor vector_norm(Tensor input, double ord = 2.0, long[]? dims = null, bool keepdim = false) =>
            Ops.linalg_vector_norm(input, ord, dims, keepdim);

        public static Tensor matrix_norm(Tensor input, double ord = 2.0, long[]? dims = null, bool keepdim = false) =>
            Ops.linalg_matrix_norm(input, ord, dims ?? [-2, -1], keepdim);

        public static (Tensor U, Tensor S, Tensor Vh) svd(Tensor input, bool fullMatrices = true) => Ops.linalg_svd(input, fullMatrices);

        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Ops.linalg_eigh(input, UPLO.ToString());

        public static Tensor eigvalsh(Tensor input, char UPLO = 'L') => Ops.linalg_eigvalsh(input, UPLO.ToString());

        public static (Tensor Q, Tensor R) qr(Tensor input) => Ops.linalg_qr(input);

        public static Tensor inv(Tensor input) => Ops.linalg_inv(input);

        public static Tensor pinv(Tensor input) => Ops.linalg_pinv(input, 1e-15);

        public static Tensor cholesky(Tensor input) => Ops.linalg_cholesky(input);

        public static Tensor det(Tensor input) => Ops.linalg_det(input);

        public static Tensor multi_dot(IList<Tensor> tensors) => Ops.linalg_multi_dot(tensors.ToArray());

        public static Tensor matrix_power(Tensor input, int n) => Ops.linalg_matrix_power(input, n);

        public static Tensor cross(Tensor input, Tensor other, long dim = -1) => Ops.linalg_cross(input, other, dim: dim);

        public static (Tensor, Tensor) slogdet(Tensor input)
        {
            var (sign, log) = Ops.linalg_slogdet(input);
            return (sign, log);
        }

        public static (Tensor Solution, Tensor Residuals, Tensor Rank, Tensor SingularValues) lstsq(Tensor input, Tensor other)
        {
            var (solution, residuals, rank, values) = Ops.linalg_lstsq(input, other);
            return (solution, residuals, rank, values);
        }

        public static Tensor solve(Tensor A, Tensor B) => Ops.linalg_solve(A, B);
    }
}
