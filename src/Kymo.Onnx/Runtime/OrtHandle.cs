using System.Runtime.InteropServices;

namespace Kymo.Onnx.Runtime;

/// <summary>A session or value of the native library, released once and never while a call uses it.</summary>
sealed class OrtHandle : SafeHandle
{
    readonly Action<nint> _release;

    public OrtHandle(nint handle, Action<nint> release) : base(0, ownsHandle: true)
    {
        _release = release;
        SetHandle(handle);
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        _release(handle);
        return true;
    }
}
