package propensity

import "testing"

// TestTelcoTrees: METHODS' peers on the same folds are xgboost .8468 AUC,
// .4136 log-loss, .0083 ECE; scikit-learn .8462, .4146, .0125.
func TestTelcoTrees(t *testing.T) {
	s, fold := telco(t)
	q := crossValidate(t, s, fold, func(train Sample) (scorer, error) { return FitTrees(train, TreeOptions{}) })
	if q.auc < .8465 || q.loss > .4140 || q.ece > .012 {
		t.Errorf("%+v", q)
	}
}

func BenchmarkTelcoFold(b *testing.B) {
	s, fold := telco(b)
	train, _ := splitFold(fold, 0)
	s = s.Take(train)
	for b.Loop() {
		if _, err := FitTrees(s, TreeOptions{Workers: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
