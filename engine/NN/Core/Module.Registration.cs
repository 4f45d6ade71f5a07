using System.Diagnostics.CodeAnalysis;

namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            private bool _componentsRegistered;

            /// <summary>
            /// Registers every field, private ones and those of base classes included, by what it holds: a module, a <see cref="Modules.Parameter"/>,
            /// or any other tensor (a persistent buffer). Call it last in the constructor; a second call does nothing.
            /// </summary>
            /// <exception cref="InvalidOperationException">
            /// A module or parameter sits in a plain list, array, dictionary or automatic property, where it would be neither trained nor saved.
            /// </exception>
            protected virtual void RegisterComponents()
            {
                if (_componentsRegistered)
                {
                    return;
                }

                var fields = ComponentField.Of(GetType());
                foreach (var field in fields)
                {
                    if (!field.IsCompilerNamed && !IsRegistered(field.Name))
                    {
                        Register(field.Name, field.Read(this));
                    }
                }

                foreach (var field in fields)
                {
                    ComponentRules.RequireReachable(this, field, field.Read(this));
                }

                _componentsRegistered = true;
            }

            private void Register(string name, object? value)
            {
                switch (value)
                {
                    case Module module:
                        register_module(name, module);
                        break;
                    case Parameter parameter:   // before Tensor, its base class
                        register_parameter(name, parameter);
                        break;
                    case Tensor tensor:
                        register_buffer(name, tensor);
                        break;
                }
            }

            private bool IsRegistered(string name) =>
                _submodules.ContainsKey(name) || _parameters.ContainsKey(name) || _buffers.ContainsKey(name);

            /// <summary>Adds a submodule.</summary>
            /// <param name="name">Its key; no dots.</param>
            /// <param name="submodule">The module.</param>
            public virtual void register_module(string name, Module submodule)
            {
                ArgumentException.ThrowIfNullOrEmpty(name);
                ArgumentNullException.ThrowIfNull(submodule);
                if (name.Contains('.', StringComparison.Ordinal))
                {
                    throw new ArgumentException($"A module name cannot contain a dot, which separates levels; got '{name}'.", nameof(name));
                }

                RequireFree(name);
                submodule.RegisterComponents();
                _submodules.Add(name, submodule);
            }

            /// <summary>Adds a submodule.</summary>
            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Adds a parameter; it leaves the dispose scope it was made in.</summary>
            public virtual void register_parameter(string name, Parameter param)
            {
                ArgumentException.ThrowIfNullOrEmpty(name);
                ArgumentNullException.ThrowIfNull(param);
                RequireFree(name);
                param.DetachFromDisposeScope();
                _parameters.Add(name, param);
            }

            /// <summary>Adds a tensor that is part of the state but not trained; it leaves the dispose scope it was made in.</summary>
            /// <param name="name">Its key.</param>
            /// <param name="tensor">The tensor.</param>
            /// <param name="persistent">False keeps it out of <see cref="state_dict"/>; it still moves with <c>to</c>.</param>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                ArgumentException.ThrowIfNullOrEmpty(name);
                ArgumentNullException.ThrowIfNull(tensor);
                RequireFree(name);
                tensor.DetachFromDisposeScope();
                _buffers.Add(name, (tensor, persistent));
            }

            /// <summary>Sets, replaces or (null) removes a parameter.</summary>
            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is null)
                {
                    _parameters.Remove(name);
                    return;
                }

                value.DetachFromDisposeScope();
                _parameters[name] = value;
            }

            /// <summary>Sets, replaces or (null) removes a buffer.</summary>
            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is null)
                {
                    _buffers.Remove(name);
                    return;
                }

                value.DetachFromDisposeScope();
                _buffers[name] = (value, persistent);
            }

            /// <summary>For a layer's property: puts a new parameter in the place of the old one, which is disposed.</summary>
            [return: NotNullIfNotNull(nameof(value))]
            private protected Parameter? ReplaceParameter(string name, Parameter? old, Parameter? value)
            {
                if (!ReferenceEquals(old, value))
                {
                    ConditionallyRegisterParameter(name, value);
                    old?.Dispose();
                }

                return value;
            }

            /// <summary>For a layer's property: puts a new buffer in the place of the old one, which is disposed.</summary>
            private protected Tensor? ReplaceBuffer(string name, Tensor? old, Tensor? value)
            {
                if (!ReferenceEquals(old, value))
                {
                    ConditionallyRegisterBuffer(name, value);
                    old?.Dispose();
                }

                return value;
            }

            /// <summary>For containers that can shrink.</summary>
            private protected void ClearModules() => _submodules.Clear();

            /// <summary>For containers that can shrink.</summary>
            private protected void ClearParameters() => _parameters.Clear();

            private void RequireFree(string name)
            {
                if (IsRegistered(name))
                {
                    throw new InvalidOperationException($"{GetType().Name} already has a component named '{name}'. Give the second one another name.");
                }
            }
        }
    }
}
