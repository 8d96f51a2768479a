using Kymo.Lab.Recipes;
namespace Kymo.Lab.Runs;

static class HydraFolder { public static void Write(RunFolder folder, RecipeContext context) { } }
