namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>The parameters, each once, with their names.</summary>
            /// <param name="recurse">False leaves out those of submodules.</param>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
                foreach (var (name, parameter) in _parameters)
                {
                    if (seen.Add(parameter))
                    {
                        yield return (name, parameter);
                    }
                }

                if (!recurse)
                {
                    yield break;
                }

                foreach (var (prefix, child) in named_children())
                {
                    foreach (var (name, parameter) in child.named_parameters(true))
                    {
                        if (seen.Add(parameter))
                        {
                            yield return ($"{prefix}.{name}", parameter);
                        }
                    }
                }
            }

            /// <summary>The parameters, each once.</summary>
            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            /// <summary>The buffers, each once, with their names.</summary>
            /// <param name="recurse">False leaves out those of submodules.</param>
            /// <param name="include_nonpersistent">False leaves out those that are not part of the state dictionary.</param>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
                foreach (var (name, (tensor, persistent)) in _buffers)
                {
                    if ((persistent || include_nonpersistent) && seen.Add(tensor))
                    {
                        yield return (name, tensor);
                    }
                }

                if (!recurse)
                {
                    yield break;
                }

                foreach (var (prefix, child) in named_children())
                {
                    foreach (var (name, buffer) in child.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer))
                        {
                            yield return ($"{prefix}.{name}", buffer);
                        }
                    }
                }
            }

            /// <summary>The buffers, each once.</summary>
            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(b => b.buffer);

            /// <summary>The modules directly below this one, with their names.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children() => _submodules.Select(s => (s.Key, s.Value));

            /// <summary>The modules directly below this one.</summary>
            public virtual IEnumerable<Module> children() => named_children().Select(c => c.module);

            /// <summary>All modules below this one (this one not included) with their dotted names; those directly below come first.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in named_children())
                {
                    yield return child;
                }

                foreach (var (prefix, child) in named_children())
                {
                    foreach (var (name, module) in child.named_modules())
                    {
                        yield return ($"{prefix}.{name}", module);
                    }
                }
            }

            /// <summary>All modules below this one; this one is not included.</summary>
            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            /// <summary>Whether there is a parameter of a dotted name.</summary>
            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            /// <summary>Whether there is a buffer of a dotted name.</summary>
            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            /// <summary>The parameter of a dotted name, or null.</summary>
            public virtual Parameter? get_parameter(string target)
            {
                var (owner, name) = Owner(target);
                return owner?._parameters.GetValueOrDefault(name);
            }

            /// <summary>The buffer of a dotted name, or null.</summary>
            public virtual Tensor? get_buffer(string target)
            {
                var (owner, name) = Owner(target);
                return owner is not null && owner._buffers.TryGetValue(name, out var buffer) ? buffer.Tensor : null;
            }

            /// <summary>The module a dotted name leads to, and the name within it.</summary>
            private (Module? Owner, string Name) Owner(string target)
            {
                ArgumentNullException.ThrowIfNull(target);
                var path = target.Split('.');
                var owner = this;
                foreach (var step in path.SkipLast(1))
                {
                    owner = owner?.named_children().FirstOrDefault(c => c.name == step).module;
                }

                return (owner, path[^1]);
            }
        }
    }
}
