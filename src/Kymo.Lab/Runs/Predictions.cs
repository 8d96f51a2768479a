namespace Kymo.Lab.Runs;

/// <summary>The class given to one held-out item.</summary>
/// <param name="Id">Name of the item, stable from run to run: two runs are compared item by item.</param>
/// <param name="Fold">The fold it was held out in, or null.</param>
/// <param name="Truth">True class.</param>
/// <param name="Predicted">Predicted class.</param>
/// <param name="Probabilities">One probability per class; empty where the classifier gives none.</param>
public sealed record ClassPrediction(string Id, int? Fold, int Truth, int Predicted, float[] Probabilities);

/// <summary>The numbers given to one held-out item.</summary>
/// <param name="Id">Name of the item, stable from run to run.</param>
/// <param name="Fold">The fold it was held out in, or null.</param>
/// <param name="Truth">True value of each target.</param>
/// <param name="Predicted">Predicted value of each target.</param>
public sealed record NumberPrediction(string Id, int? Fold, double[] Truth, double[] Predicted);
