package propensity

import (
	"bytes"
	"math"
	"reflect"
	"testing"
)

// TestBlend: margins and shares are the mean of both, add up, and survive the
// file.
func TestBlend(t *testing.T) {
	s := made(900, 3)
	m, err := Spec{Name: "blend", Logistic: &LogisticOptions{Logs: true}, Trees: &TreeOptions{Rounds: 30}, TreesShare: .25}.Fit(s)
	if err != nil {
		t.Fatal(err)
	}
	trees, err := m.Trees.Margins(s.X)
	if err != nil {
		t.Fatal(err)
	}
	logistic, err := m.Logistic.Margins(s.X)
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.Score(s.X)
	if err != nil {
		t.Fatal(err)
	}
	x, err := m.Learner().Explain(s.X)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p {
		want := .25*trees[i] + .75*logistic[i]
		near(t, "score", p[i], sigmoid(want), 1e-12)
		sum := x.Base
		for k := range x.Shares {
			sum += x.Shares[k][i]
		}
		near(t, "shares", sum, want, 1e-9)
	}
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	again, err := Load(&file)
	if err != nil {
		t.Fatal(err)
	}
	if q, err := again.Score(s.X); err != nil || !reflect.DeepEqual(p, q) || again.Version != Version {
		t.Error("the blend read back scores otherwise", err)
	}
	if _, err := (Spec{}).Fit(s); err == nil {
		t.Error("a spec without a learner was fitted")
	}
}

// TestLogs: a number with a long tail enters as its log, whatever the unit of
// money; one without does not.
func TestLogs(t *testing.T) {
	s := made(4000, 9)
	money := make([]float64, len(s.Y))
	for i := range money {
		money[i] = math.Exp(3*s.X[2].Numbers[i]) - 1
	}
	s.X = append(s.X, Column{Name: "money", Numbers: money})
	m, err := FitLogistic(s, LogisticOptions{Logs: true})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, term := range m.Terms {
		if term.Kind == numberTerm || term.Kind == logTerm {
			kinds[term.Feature] = term.Kind
		}
	}
	if kinds["money"] != logTerm || kinds["a"] != numberTerm {
		t.Error(kinds)
	}
	p := scores(t, m, s.X)
	for i := range money {
		money[i] *= 100
	}
	cents, err := FitLogistic(s, LogisticOptions{Logs: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, q := range scores(t, cents, s.X) {
		near(t, "in cents", q, p[i], 1e-9)
	}
}
