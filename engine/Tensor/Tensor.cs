using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>A libtorch tensor. Belongs to the innermost <see cref="DisposeScope"/> of the thread that made it; without one the collector frees it.</summary>
    public partial class Tensor : IDisposable
    {
        private static long s_live;
        private nint _handle;
        private object? _owner;

        /// <summary>Takes over one reference to a TensorImpl.</summary>
        internal Tensor(nint handle)
        {
            _handle = handle;
            Interlocked.Increment(ref s_live);
            if (DisposeScope.Current is { } scope)
            {
                _owner = scope;
                Slot = scope.Add(this);
            }
            else
            {
                _owner = new HandleGuard(handle);
            }
        }

        /// <summary>Tensors that are alive now, in the whole process.</summary>
        public static long TotalCount => Volatile.Read(ref s_live);

        /// <summary>Was the tensor disposed?</summary>
        public bool IsInvalid => _handle == 0;

        /// <summary>The native tensor, borrowed: keep this object alive while using it.</summary>
        public IntPtr Handle => Live;

        /// <summary>Position in the scope's list; the scope writes it.</summary>
        internal int Slot { get; set; }

        internal DisposeScope? Scope => _owner as DisposeScope;

        internal nint Live
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => _handle != 0 ? _handle : ThrowDisposed();
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual unsafe void Dispose(bool disposing)
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0)
            {
                return;
            }

            LeaveOwner();
            Native.px_release_all(&handle, 1);
            Count(-1);
        }

        /// <summary>Moves to the scope around the tensor's own; without one it lives until disposed or collected.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            if (Scope is { } scope)
            {
                MoveTo(scope.Outer);
            }

            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor? other)
        {
            MoveTo(other?.Scope);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            MoveTo(other);
            return this;
        }

        /// <summary>Leaves every scope: lives until disposed or collected.</summary>
        public Tensor DetachFromDisposeScope()
        {
            MoveTo(null);
            return this;
        }

        /// <summary>Hands out the native reference and leaves this object disposed.</summary>
        public IntPtr DecoupleFromNativeHandle()
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0)
            {
                ThrowDisposed();
            }

            LeaveOwner();
            Count(-1);
            return handle;
        }

        /// <summary>A tensor that takes over one native reference.</summary>
        public static Tensor UnsafeCreateTensor(IntPtr handle) => new(handle);

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

        internal static void Count(int change) => Interlocked.Add(ref s_live, change);

        internal void MoveTo(DisposeScope? target)
        {
            _ = Live;
            if (ReferenceEquals(_owner, target) || (target is null && _owner is HandleGuard))
            {
                return;
            }

            LeaveOwner();
            if (target is null)
            {
                _owner = new HandleGuard(_handle);
            }
            else
            {
                _owner = target;
                Slot = target.Add(this);
            }
        }

        /// <summary>The closing scope takes the handle; 0 when the tensor is disposed or belongs elsewhere.</summary>
        internal nint Surrender(DisposeScope scope)
        {
            if (!ReferenceEquals(_owner, scope))
            {
                return 0;
            }

            _owner = null;
            return Interlocked.Exchange(ref _handle, 0);
        }

        private void LeaveOwner()
        {
            if (_owner is DisposeScope scope)
            {
                scope.Remove(Slot);
            }
            else if (_owner is HandleGuard guard)
            {
                guard.Release();
            }

            _owner = null;
        }

        [DoesNotReturn]
        private nint ThrowDisposed() => throw new ObjectDisposedException(
            GetType().Name, "The tensor was disposed, by hand or by the dispose scope it belonged to. Keep it with MoveToOuterDisposeScope() or DetachFromDisposeScope() before its scope ends.");
    }
}
