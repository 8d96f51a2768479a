namespace Kymo.Torch;

#pragma warning disable CS1591 // operators mean what they mean in arithmetic, element by element with broadcasting
public readonly unsafe partial struct Tensor
{
    public static Tensor operator +(Tensor left, Tensor right) => left.Add(right);
    public static Tensor operator +(Tensor left, double right) => left.Add(right);
    public static Tensor operator +(double left, Tensor right) => right.Add(left);
    public static Tensor operator -(Tensor left, Tensor right) => left.Subtract(right);
    public static Tensor operator -(Tensor left, double right) => left.Subtract(right);
    public static Tensor operator -(double left, Tensor right) => right.SubtractFrom(left);
    public static Tensor operator -(Tensor value) => value.Neg();
    public static Tensor operator *(Tensor left, Tensor right) => left.Multiply(right);
    public static Tensor operator *(Tensor left, double right) => left.Multiply(right);
    public static Tensor operator *(double left, Tensor right) => right.Multiply(left);
    public static Tensor operator /(Tensor left, Tensor right) => left.Divide(right);
    public static Tensor operator /(Tensor left, double right) => left.Divide(right);
    public static Tensor operator /(double left, Tensor right) => right.Reciprocal().Multiply(left);
}
#pragma warning restore CS1591
