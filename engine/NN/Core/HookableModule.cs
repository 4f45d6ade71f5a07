namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module whose calls can be watched and changed. Hooks run with <c>call</c>, not with <c>forward</c>.</summary>
        /// <typeparam name="TPreHook">Sees the inputs before forward and may replace them.</typeparam>
        /// <typeparam name="TPostHook">Sees inputs and result after forward and may replace the result.</typeparam>
        /// <remarks>
        /// Tensors made inside a call end with it. A hook that keeps one calls <c>DetachFromDisposeScope()</c> on it first.
        /// </remarks>
        public abstract class HookableModule<TPreHook, TPostHook> : Module
            where TPreHook : Delegate
            where TPostHook : Delegate
        {
            private static readonly Action<Module>[] NoWatchers = [];

            private Action<Module>[] _before = NoWatchers;
            private Action<Module>[] _after = NoWatchers;

            /// <summary>Starts a module without hooks.</summary>
            protected HookableModule(string name)
                : base(name)
            {
            }

            /// <summary>Hooks on the inputs, in order of registration.</summary>
            private protected TPreHook[] PreHooks { get; private set; } = [];

            /// <summary>Hooks on the result, in order of registration.</summary>
            private protected TPostHook[] PostHooks { get; private set; } = [];

            /// <summary>Calls a function after forward; what it returns replaces the result.</summary>
            public HookRemover register_forward_hook(TPostHook hook)
            {
                PostHooks = [.. PostHooks, hook];
                return new HookRemover(() => PostHooks = Without(PostHooks, hook));
            }

            /// <summary>Calls a function before forward; what it returns replaces the inputs.</summary>
            public HookRemover register_forward_pre_hook(TPreHook hook)
            {
                PreHooks = [.. PreHooks, hook];
                return new HookRemover(() => PreHooks = Without(PreHooks, hook));
            }

            /// <summary>Calls a function after forward, last of all hooks.</summary>
            public HookRemover register_forward_hook(Action<Module> hook)
            {
                _after = [.. _after, hook];
                return new HookRemover(() => _after = Without(_after, hook));
            }

            /// <summary>Calls a function before forward, first of all hooks.</summary>
            public HookRemover register_forward_pre_hook(Action<Module> hook)
            {
                _before = [.. _before, hook];
                return new HookRemover(() => _before = Without(_before, hook));
            }

            /// <summary>Starts a call: its dispose scope, then the watchers.</summary>
            private protected DisposeScope EnterCall()
            {
                var scope = NewDisposeScope();
                if (_before.Length > 0)
                {
                    Watch(_before, scope);
                }

                return scope;
            }

            /// <summary>Ends a call: the watchers, then the result leaves the scope.</summary>
            private protected TResult LeaveCall<TResult>(TResult result, DisposeScope scope)
            {
                foreach (var watcher in _after)
                {
                    watcher(this);
                }

                CallResult.MoveOut(result, scope);
                return result;
            }

            private void Watch(Action<Module>[] watchers, DisposeScope scope)
            {
                try
                {
                    foreach (var watcher in watchers)
                    {
                        watcher(this);
                    }
                }
                catch
                {
                    scope.Dispose();   // the caller has no scope to close yet
                    throw;
                }
            }

            private static T[] Without<T>(T[] hooks, T hook) where T : class => [.. hooks.Where(h => !ReferenceEquals(h, hook))];

            /// <summary>Takes a hook away again.</summary>
            public sealed class HookRemover
            {
                private readonly Action _remove;

                internal HookRemover(Action remove) => _remove = remove;

                /// <summary>The hook is not called any more; a second call does nothing.</summary>
                public void remove() => _remove();
            }
        }
    }
}
