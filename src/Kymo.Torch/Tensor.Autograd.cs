namespace Kymo.Torch;

public readonly unsafe partial struct Tensor
{
    /// <summary>Whether gradients flow to this tensor. Setting it is for tensors that were not computed from others.</summary>
    public bool RequiresGrad => Describe().RequiresGrad != 0;

    /// <summary>True where the tensor was not computed from others that have gradients.</summary>
    public bool IsLeaf => Describe().IsLeaf != 0;

    /// <summary>
    /// The gradient that <see cref="Backward"/> left here, or null. It belongs to this tensor and is given back with it; what is
    /// computed from it follows the rule of scopes.
    /// </summary>
    public Tensor? Grad
    {
        get
        {
            nint result;
            Native.Check(Native.kt_tensor_grad(Handle, _slot!.GradientHandle, &result), "grad");
            if (result == 0) return null;
            var slot = _slot.Gradient;
            if (result != slot.Handle)
            {
                if (slot.Handle != 0) slot.Free();
                slot.Handle = result;
            }

            return new Tensor(slot);
        }
    }

    /// <summary>Turns the flow of gradients to this tensor on or off; returns the tensor.</summary>
    public Tensor SetRequiresGrad(bool value = true)
    {
        Native.Check(Native.kt_tensor_set_requires_grad(Handle, value ? 1 : 0), "requires_grad");
        return this;
    }

    /// <summary>Walks the history back and adds the gradients up in the tensors that started it.</summary>
    /// <param name="gradient">The gradient of what follows, of this tensor's shape; may be left out for a scalar.</param>
    /// <param name="keepGraph">Whether the history stays for another walk.</param>
    public void Backward(Tensor? gradient = null, bool keepGraph = false) =>
        Native.Check(Native.kt_tensor_backward(Handle, HandleOf(gradient), keepGraph ? 1 : 0), "backward");

    /// <summary>Sets the gradient, or removes it with null.</summary>
    public void SetGrad(Tensor? gradient) => Native.Check(Native.kt_tensor_set_grad(Handle, HandleOf(gradient)), "set_grad");

    /// <summary>Puts another tensor's memory, shape and type in place of this one's; whoever holds this tensor sees the new values.</summary>
    internal void SetData(Tensor data) => Native.Check(Native.kt_tensor_set_data(Handle, data.Handle), "set_data");
}
