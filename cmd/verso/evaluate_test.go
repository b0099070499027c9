package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"verso/models/evaluate"
)

// TestEvaluateTelco judges the Telco churn data on the folds of scikit-learn's
// StratifiedKFold(5, shuffle, random_state=0), through the command. The peers on
// these folds are a logistic regression with .8454 AUC, .4174 log-loss, and
// xgboost (200 trees of depth 3, rate .05) with .8468, .4136 and an ECE of .0083.
func TestEvaluateTelco(t *testing.T) {
	if testing.Short() {
		t.Skip("settings are chosen in five folds")
	}
	t.Parallel()
	data, folds := sharedData(t, "telco/Telco-Customer-Churn.csv"), sharedData(t, "telco/folds_seed0.csv")
	for _, c := range []struct {
		learner   string
		flags     []string
		auc, loss float64 // at least, at most
		ece       float64
	}{
		{"logistic", []string{"--plain"}, .8449, .4180, .015},
		{"trees", []string{"--plain"}, .8465, .4140, .012},
		{"auto", nil, .8465, .4140, .012},
	} {
		out := filepath.Join(t.TempDir(), "out.json")
		args := append([]string{"evaluate", "propensity", "--data", data, "--target", "Churn", "--id", "customerID", "--folds", folds,
			"--learner", c.learner, "--format", "json", "--out", out}, c.flags...)
		verso(t, exitDone, args...)
		raw, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		var r evaluate.Result
		if err := json.Unmarshal(raw, &r); err != nil {
			t.Fatal(err)
		}
		auc, loss, ece := r.Metrics.Mean.AUC.Value, r.Metrics.Mean.LogLoss.Value, r.Metrics.Pooled.ECE.Value
		t.Logf("%s: AUC %.5f, log-loss %.5f, ECE %.4f; %s", c.learner, auc, loss, ece, r.Grade.Words.EN)
		if auc < c.auc || loss > c.loss || ece > c.ece {
			t.Errorf("%s: AUC %.5f, want at least %.4f; log-loss %.5f, want at most %.4f; ECE %.4f, want at most %.3f", c.learner, auc, c.auc, loss, c.loss, ece, c.ece)
		}
		if c.learner == "logistic" && math.Abs(auc-.8454) > .0005 {
			t.Errorf("logistic: AUC %.5f, want .8454 ± .0005", auc)
		}
		if r.Rows != 7043 || r.Target.Events != 1869 || len(r.Features) != 19 || r.Grade.Level != "strong" {
			t.Errorf("%d rows, %d events, %d features, %s", r.Rows, r.Target.Events, len(r.Features), r.Grade.Level)
		}
	}
}
