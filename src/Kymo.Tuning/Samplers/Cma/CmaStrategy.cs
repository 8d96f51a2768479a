namespace Kymo.Tuning.Samplers;

/// <summary>
/// The state of CMA-ES with active covariance update; names and equations are those of Hansen, The CMA Evolution Strategy: A
/// Tutorial (2016).
/// </summary>
sealed class CmaStrategy
{
    const double Tiny = 1e-8, LargestSigma = 1e32;

    readonly int _n, _mu;
    readonly double _muEff, _cc, _c1, _cMu, _cSigma, _dSigma, _chi;
    readonly double[] _weights, _pathSigma, _path;

    // Eigenvectors and the roots of the eigenvalues of the covariance.
    double[,] _vectors;
    double[] _roots;

    public CmaStrategy(double[] mean, double sigma)
    {
        _n = mean.Length;
        (Mean, Sigma) = ([.. mean], sigma);
        Population = 4 + (int)Math.Floor(3 * Math.Log(_n));
        _mu = Population / 2;
        double[] raw = [.. Enumerable.Range(1, Population).Select(i => Math.Log((Population + 1) / 2.0) - Math.Log(i))];
        _muEff = EffectiveCount(raw[.._mu]);
        _c1 = 2 / (Math.Pow(_n + 1.3, 2) + _muEff);
        _cMu = Math.Min(1 - _c1 - 1e-8, 2 * (_muEff - 2 + 1 / _muEff) / (Math.Pow(_n + 2, 2) + _muEff));
        _weights = Weights(raw);
        _cSigma = (_muEff + 2) / (_n + _muEff + 5);
        _dSigma = 1 + 2 * Math.Max(0, Math.Sqrt((_muEff - 1) / (_n + 1)) - 1) + _cSigma;
        _cc = (4 + _muEff / _n) / (_n + 4 + 2 * _muEff / _n);
        _chi = Math.Sqrt(_n) * (1 - 1.0 / (4 * _n) + 1.0 / (21 * _n * _n));
        (_pathSigma, _path) = (new double[_n], new double[_n]);
        Covariance = new double[_n, _n];
        for (var i = 0; i < _n; i++) Covariance[i, i] = 1;
        (_roots, _vectors) = Decompose();
    }

    /// <summary>Points of a generation.</summary>
    public int Population { get; }

    /// <summary>Generations told so far.</summary>
    public int Generation { get; private set; }

    /// <summary>Centre of the distribution.</summary>
    public double[] Mean { get; private set; }

    /// <summary>Overall width.</summary>
    public double Sigma { get; private set; }

    /// <summary>Shape, without <see cref="Sigma"/>.</summary>
    public double[,] Covariance { get; private set; }

    /// <summary>A point of the distribution.</summary>
    public double[] Sample(NumpyRandom random)
    {
        double[] z = [.. _roots.Select(root => root * random.NextNormal())];
        return [.. Multiply(_vectors, z).Select((value, i) => Mean[i] + Sigma * value)];
    }

    /// <summary>Moves the distribution after a generation.</summary>
    /// <param name="points">One generation, the best first.</param>
    public void Tell(IReadOnlyList<double[]> points)
    {
        Generation++;
        double[][] steps = [.. points.Select(point => point.Select((x, i) => (x - Mean[i]) / Sigma).ToArray())];
        var step = new double[_n];
        for (var k = 0; k < _mu; k++)
            for (var i = 0; i < _n; i++) step[i] += _weights[k] * steps[k][i];
        for (var i = 0; i < _n; i++) Mean[i] += Sigma * step[i];

        var white = Whiten(step);
        for (var i = 0; i < _n; i++) _pathSigma[i] = (1 - _cSigma) * _pathSigma[i] + Math.Sqrt(
            _cSigma * (2 - _cSigma) * _muEff) * white[i];
        var length = Length(_pathSigma);
        Sigma = Math.Min(Sigma * Math.Exp(_cSigma / _dSigma * (length / _chi - 1)), LargestSigma);

        var isSteady = length / Math.Sqrt(1 - Math.Pow(1 - _cSigma, 2 * (Generation + 1))) < (1.4 + 2.0 / (_n + 1)) * _chi;
        for (var i = 0; i < _n; i++) _path[i] = (1 - _cc) * _path[i] + (
            isSteady ? Math.Sqrt(_cc * (2 - _cc) * _muEff) * step[i] : 0);
        Adapt(steps, isSteady ? 0 : _cc * (2 - _cc));
        (_roots, _vectors) = Decompose();
    }

    void Adapt(double[][] steps, double lost)
    {
        double[] weights = [.. _weights.Select((w, k) => w >= 0 ? w : w * _n / (Math.Pow(Length(Whiten(steps[k])), 2) + Tiny))];
        var keep = 1 + _c1 * lost - _c1 - _cMu * _weights.Sum();
        for (var i = 0; i < _n; i++)
        {
            for (var j = 0; j < _n; j++)
            {
                var rank = 0.0;
                for (var k = 0; k < steps.Length; k++) rank += weights[k] * steps[k][i] * steps[k][j];
                Covariance[i, j] = keep * Covariance[i, j] + _c1 * _path[i] * _path[j] + _cMu * rank;
            }
        }
    }

    double[] Weights(double[] raw)
    {
        var least = Math.Min(
            Math.Min(1 + _c1 / _cMu, 1 + 2 * EffectiveCount(raw[_mu..]) / (_muEff + 2)), (1 - _c1 - _cMu) / (_n * _cMu));
        double positive = raw.Where(w => w > 0).Sum(), negative = raw.Where(w => w < 0).Sum(Math.Abs);
        return [.. raw.Select(w => w >= 0 ? w / positive : w * least / negative)];
    }

    // Roots of the eigenvalues; rounding may leave one below zero.
    (double[] Roots, double[,] Vectors) Decompose()
    {
        for (var i = 0; i < _n; i++)
            for (var j = 0; j < i; j++) Covariance[i, j] = Covariance[j, i] = (Covariance[i, j] + Covariance[j, i]) / 2;
        var (values, vectors) = SymmetricMatrix.Eigen(Covariance);
        double[] roots = [.. values.Select(value => Math.Sqrt(value < 0 ? Tiny : value))];
        if (values.Any(value => value < 0)) Covariance = Compose(roots, vectors);
        return (roots, vectors);
    }

    double[,] Compose(double[] roots, double[,] vectors)
    {
        var matrix = new double[_n, _n];
        for (var i = 0; i < _n; i++)
            for (var j = 0; j < _n; j++)
                for (var k = 0; k < _n; k++) matrix[i, j] += vectors[i, k] * roots[k] * roots[k] * vectors[j, k];
        return matrix;
    }

    // The inverse root of the covariance times a vector.
    double[] Whiten(double[] vector)
    {
        var turned = new double[_n];
        for (var k = 0; k < _n; k++)
        {
            for (var i = 0; i < _n; i++) turned[k] += _vectors[i, k] * vector[i];
            turned[k] /= _roots[k];
        }
        return Multiply(_vectors, turned);
    }

    double[] Multiply(double[,] matrix, double[] vector)
    {
        var product = new double[_n];
        for (var i = 0; i < _n; i++)
            for (var k = 0; k < _n; k++) product[i] += matrix[i, k] * vector[k];
        return product;
    }

    static double EffectiveCount(double[] weights) => Math.Pow(weights.Sum(), 2) / weights.Sum(w => w * w);

    static double Length(double[] vector) => Math.Sqrt(vector.Sum(x => x * x));
}
