namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>All parameters and persistent buffers by dotted name, module by module. The tensors are the module's own, not copies.</summary>
            /// <param name="destination">Dictionary to add to; a new one by default.</param>
            /// <param name="prefix">Put before every name, with a dot.</param>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                var start = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach (var (name, parameter) in named_parameters(recurse: false))
                {
                    destination.TryAdd(start + name, parameter);
                }

                foreach (var (name, buffer) in named_buffers(recurse: false, include_nonpersistent: false))
                {
                    destination.TryAdd(start + name, buffer);
                }

                foreach (var (name, child) in named_children())
                {
                    child.state_dict(destination, start + name);
                }

                return destination;
            }

            /// <summary>Copies values into the parameters and buffers of the same names.</summary>
            /// <param name="source">Values by name; type and device are converted, shapes must be equal.</param>
            /// <param name="strict">Whether every name must be on both sides.</param>
            /// <param name="skip">Names to ignore on both sides.</param>
            /// <returns>Names only the module has, and names only the source has.</returns>
            /// <exception cref="InvalidOperationException">
            /// A shape differs, or <paramref name="strict"/> is set and the names differ. Nothing is changed then.
            /// </exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                ArgumentNullException.ThrowIfNull(source);
                var own = state_dict();
                var ignored = new HashSet<string>(skip ?? []);
                var missing = own.Keys.Where(k => !ignored.Contains(k) && !source.ContainsKey(k)).ToList();
                var unexpected = source.Keys.Where(k => !ignored.Contains(k) && !own.ContainsKey(k)).ToList();
                var common = own.Keys.Where(k => !ignored.Contains(k) && source.ContainsKey(k)).ToList();
                StateMismatch.ThrowIfAny(GetType().Name, own, source, common, strict ? missing : [], strict ? unexpected : []);

                using var noGradient = no_grad();
                foreach (var key in common)
                {
                    own[key].copy_(source[key]);
                }

                return (missing, unexpected);
            }
        }
    }
}
